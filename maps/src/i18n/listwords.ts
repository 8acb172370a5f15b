/** Words of lists that are brought in; what has no word is shown as it is. */
import { lang } from '.';

type Words = Record<string, readonly [zh: string, en: string]>;

const look = (words: Words, value: string): string => words[value]?.[lang.value === 'zh' ? 0 : 1] ?? value;

const COLUMNS: Words = {
  stall_id: ['铺位号', 'stall number'],
  name: ['名称', 'name'],
  level: ['楼层', 'level'],
  level_label: ['楼层名称', 'name of level'],
  label: ['楼层名称', 'name of level'],
  merchant_id: ['商户编号', 'merchant code'],
  trade: ['业态', 'trade'],
  uscc: ['统一社会信用代码', 'credit code'],
  valid_from: ['经营期起', 'since'],
  valid_to: ['经营期止', 'until'],
  lon: ['经度', 'longitude'],
  lat: ['纬度', 'latitude'],
  kind: ['类型', 'kind'],
  building: ['楼栋', 'building'],
  market: ['市场', 'market'],
  member_id: ['网格员编号', 'member code'],
  role: ['职责', 'duty'],
  capacity: ['容量(户)', 'capacity'],
  office_contact: ['办公电话', 'office phone'],
};
/** A column of a list. */
export const columnWord = (column: string): string => look(COLUMNS, column);

const CHANGES: Words = {
  open: ['新进商户', 'New merchants'],
  close: ['离场', 'Left'],
  move: ['迁铺', 'Moved'],
  rename: ['更名', 'New names'],
  trade: ['经营范围变更', 'New trades'],
  'credit-code': ['信用代码变更', 'New credit codes'],
  'stall-add': ['新增铺位', 'New stalls'],
  'stall-change': ['铺位变更', 'Stalls changed'],
  'stall-end': ['撤销铺位', 'Stalls ended'],
  'stall-code': ['铺位改号', 'New numbers'],
  level: ['楼层变更', 'Levels'],
  connector: ['连通点变更', 'Connectors'],
  member: ['网格员变更', 'Members'],
  levels: ['楼层', 'Levels'],
  stalls: ['铺位', 'Stalls'],
  merchants: ['商户', 'Merchants'],
  occupancies: ['经营期', 'Occupancies'],
  members: ['网格员', 'Members'],
  connectors: ['连通点', 'Connectors'],
};
/** What a list changes, by its kind. */
export const changeWord = (kind: string): string => look(CHANGES, kind);
