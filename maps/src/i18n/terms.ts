/** Words for the closed lists and metric keys that the server sends; an unknown value is shown as it is. */
import { lang } from '.';

type Words = Record<string, readonly [zh: string, en: string]>;

const look = (words: Words, value: string): string => words[value]?.[lang.value === 'zh' ? 0 : 1] ?? value;

const REASONS: Words = {
  own_zone: ['本人负责', "the zone's own member"],
  cover: ['代管', 'standing in while the member is away'],
  deputy: ['代管', 'the deputy'],
  leader: ['由网格长接办', 'the grid leader takes over'],
  operator: ['由市场开办者接办', 'the market operator takes over'],
  nearest_zone: ['最近责任区', 'the nearest zone'],
  nobody: ['暂无人负责', 'nobody is responsible'],
};
export const reasonWord = (reason: string): string => look(REASONS, reason);

const ROLES: Words = {
  member: ['网格员', 'member'],
  deputy: ['代管网格员', 'deputy'],
  leader: ['网格长', 'grid leader'],
  guide: ['党建指导员', 'party guide'],
  liaison: ['联络员', 'liaison'],
  operator: ['市场开办者', 'market operator'],
};
const ACCOUNT_ROLES: Words = {
  admin: ['管理员', 'administrator'],
  planner: ['划分人员', 'planner'],
  leader: ['网格长', 'grid leader'],
  member: ['网格员', 'member'],
  api: ['对接系统', 'connected system'],
  viewer: ['只读', 'viewer'],
};
export const ACCOUNT_ROLE_KEYS = Object.keys(ACCOUNT_ROLES);
export const accountRoleWord = (role: string): string => look(ACCOUNT_ROLES, role);

export const roleWord = (role: string): string => look(ROLES, role);

/** What the audit log calls what was done; an action that is not here is shown as it is. */
const ACTIONS: Words = {
  'account.create': ['新建账号', 'account made'],
  'account.disable': ['停用账号', 'account disabled'],
  'account.enable': ['恢复账号', 'account enabled'],
  'account.first-administrator': ['首位管理员链接', "first administrator's link"],
  'account.password': ['设置密码', 'password set'],
  'account.reset': ['发放重设链接', 'reset link made'],
  'account.sign-in': ['登录', 'signed in'],
  'account.sign-in-refused': ['登录被拒', 'sign-in refused'],
  'account.sign-out': ['退出登录', 'signed out'],
  'market.add': ['新增市场', 'market added'],
  'members.add': ['登记网格员', 'members added'],
  'place.load': ['载入地点', 'place loaded'],
  'plan.assign': ['指派网格员', 'members assigned'],
  'plan.draft': ['生成草案', 'plan drafted'],
  'plan.name': ['方案命名', 'plan named'],
  'plan.publish': ['发布方案', 'plan published'],
  'register.read': ['读取商户名称', 'names of merchants read'],
  'token.create': ['新建令牌', 'token made'],
  'token.revoke': ['撤销令牌', 'token revoked'],
  write: ['写入', 'written'],
};
export const ACTION_KEYS = Object.keys(ACTIONS);
export const actionWord = (action: string): string => look(ACTIONS, action);

const BODIES: Words = {
  'service-centre': ['党群服务中心', 'service centre'],
  'service-station': ['党群服务站', 'service station'],
  guidance: ['党建指导站', 'guidance station'],
  mediation: ['人民调解工作站', 'mediation station'],
  consumer: ['消费维权服务站', 'consumer rights station'],
  demonstration: ['示范点', 'demonstration point'],
  'work-committee': ['党工委', 'work committee'],
  committee: ['党委', 'committee'],
  bureau: ['分局党总支', 'general branch of the bureau'],
  'general-branch': ['党总支', 'general branch'],
  branch: ['党支部', 'branch'],
  agency: ['主管部门', 'agency'],
};
/** Kind of a station, or tier of an organisation. */
export const bodyWord = (what: string): string => look(BODIES, what);

const UNITS: Words = {
  stall: ['铺位', 'stall'],
  vacant: ['空置', 'vacant'],
  closed: ['未开放', 'closed'],
  parking: ['车位', 'parking'],
  void: ['中空', 'void'],
  restroom: ['卫生间', 'restroom'],
  'rest area': ['休息区', 'rest area'],
  auxiliary: ['附属用房', 'service room'],
  other: ['其他', 'other'],
};
export const unitWord = (kind: string): string => look(UNITS, kind);

const CONNECTORS: Words = {
  stairs: ['楼梯', 'stairs'],
  escalator: ['扶梯', 'escalator'],
  lift: ['电梯', 'lift'],
  bridge: ['连廊', 'bridge'],
  door: ['出入口', 'door'],
};
export const connectorWord = (kind: string): string => look(CONNECTORS, kind);
