import 'leaflet/dist/leaflet.css';
import './page.css';
import './sheet.css';
import { type Component, createApp, watch, watchEffect } from 'vue';
import { api } from './api';
import { draftsApi } from './api/drafts';
import { keepCheckValue, whenCheckFails, whenSignedOut } from './api/client';
import { getOpening } from './api/opening';
import { getSession } from './api/session';
import { type Key, lang, t } from './i18n';
import { formatLink, parseLink } from './model/deeplink';
import { pictureStands } from './map/picture';
import { DESK, createDesk } from './model/desk';
import { EDITING, createEditing } from './model/editing';
import { followChanges } from './model/following';
import { applyTheme } from './model/theme';
import { TOOLS, createTools } from './model/tools';
import { createSession, SESSION } from './model/session';
import { signInAddress } from './model/signin';
import type { PagePath } from './model/site';
import DeskPage from './panels/DeskPage.vue';

applyTheme(document.documentElement);

watchEffect(() => {
  document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en';
});

/** So long the first answer is waited for before the desk is shown without a market. */
const PATIENCE_MS = 300;

/** The planner's desk, for whoever is signed in; what it shows first comes in one answer. */
async function openDesk(): Promise<void> {
  const link = parseLink(location.search);
  const opening = getOpening(link).catch(() => null); // the desk asks step by step and says what is wrong
  let stands: () => void = () => undefined;
  /** Kept until the first picture is on the screen: what it does not show is asked for after it. */
  const pictured = new Promise<void>((done) => { stands = done; });
  const desk = createDesk(api);
  const editing = createEditing(desk, api, draftsApi, session);
  const tools = createTools(desk, editing);
  const started = desk.start(link, opening, pictured);
  await Promise.race([opening, new Promise((late) => setTimeout(late, PATIENCE_MS))]);
  createApp(DeskPage, { pictured }).provide(DESK, desk).provide(SESSION, session).provide(EDITING, editing).provide(TOOLS, tools).mount('#app');
  void pictureStands().then(stands);
  void pictured.then(() => followChanges(desk, editing, api, draftsApi, () => tools.drawing.value));

  watchEffect(() => {
    const market = desk.market.value?.name;
    document.title = market ? `${market} · ${t('product')}` : t('product');
  });

  await started;
  watch(
    desk.link,
    (shown) => {
      if (shown.market !== null) history.replaceState(history.state, '', `${location.pathname}${formatLink(shown)}`);
    },
    { immediate: true },
  );
}

type Load = () => Promise<{ default: Component }>;

/** A page without the desk; its code is read when it is opened. */
async function openPage(load: Load, title: Key): Promise<void> {
  createApp((await load()).default).provide(SESSION, session).mount('#app');
  watchEffect(() => {
    document.title = `${t(title)} · ${t('product')}`;
  });
}

const pages: Partial<Record<string, [load: Load, title: Key]>> = {
  '/city': [() => import('./panels/CityPage.vue'), 'city'],
  '/tablet': [() => import('./panels/TabletPage.vue'), 'tablet'],
  '/staffing': [() => import('./panels/StaffingPage.vue'), 'staffing'],
  '/places': [() => import('./panels/PlacesPage.vue'), 'places'],
  '/accounts': [() => import('./panels/AccountsPage.vue'), 'accounts'],
  '/tokens': [() => import('./panels/TokensPage.vue'), 'tokens'],
  '/audit': [() => import('./panels/AuditPage.vue'), 'audit'],
} satisfies Partial<Record<PagePath, [load: Load, title: Key]>>;
const session = createSession();
/** Back to what is on the screen then, not to what was opened first. */
const toSignIn = () => location.replace(signInAddress(`${location.pathname}${location.search}`));

/** Whether the same person is still signed in, if by another session: then its check value is known from here on. */
async function stillHere(): Promise<boolean> {
  const found = await getSession();
  if (found.name === session.value?.name && found.name !== null) return true;
  keepCheckValue(null); // nothing of one person is written by another
  toSignIn();
  return false;
}

if (location.pathname === '/sign-in') {
  void openPage(() => import('./panels/SignInPage.vue'), 'signIn');
} else {
  whenSignedOut(toSignIn);
  whenCheckFails(stillHere);
  const page = pages[location.pathname];
  void getSession().then(
    (found) => {
      session.value = found;
      if (found.name === null) toSignIn();
      else if (page) void openPage(...page);
      else void openDesk();
    },
    () => void openDesk(), // the desk says that the server cannot be reached
  );
}
