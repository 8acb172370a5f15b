import 'leaflet/dist/leaflet.css';
import './page.css';
import './sheet.css';
import { type Component, createApp, watch, watchEffect } from 'vue';
import { api } from './api';
import { draftsApi } from './api/drafts';
import { whenSignedOut } from './api/client';
import { getSession } from './api/session';
import { type Key, lang, t } from './i18n';
import { formatLink, parseLink } from './model/deeplink';
import { DESK, createDesk } from './model/desk';
import { EDITING, createEditing } from './model/editing';
import { followChanges } from './model/following';
import { applyTheme } from './model/theme';
import { TOOLS, createTools } from './model/tools';
import { createSession, SESSION } from './model/session';
import { signInAddress } from './model/signin';
import type { PagePath } from './model/site';
import AccountsPage from './panels/AccountsPage.vue';
import AuditPage from './panels/AuditPage.vue';
import DeskPage from './panels/DeskPage.vue';
import PlacesPage from './panels/PlacesPage.vue';
import SignInPage from './panels/SignInPage.vue';
import StaffingPage from './panels/StaffingPage.vue';
import TokensPage from './panels/TokensPage.vue';

applyTheme(document.documentElement);

watchEffect(() => {
  document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en';
});

/** The planner's desk, for whoever is signed in. */
function openDesk(): void {
  const desk = createDesk(api);
  const editing = createEditing(desk, api, draftsApi, session);
  const tools = createTools(desk, editing);
  createApp(DeskPage).provide(DESK, desk).provide(SESSION, session).provide(EDITING, editing).provide(TOOLS, tools).mount('#app');
  followChanges(desk, editing, api, draftsApi, () => tools.drawing.value);

  watchEffect(() => {
    const market = desk.market.value?.name;
    document.title = market ? `${market} · ${t('product')}` : t('product');
  });

  void desk.start(parseLink(location.search)).then(() => {
    watch(
      desk.link,
      (link) => {
        if (link.market !== null) history.replaceState(history.state, '', `${location.pathname}${formatLink(link)}`);
      },
      { immediate: true },
    );
  });
}

/** A page without the desk. */
function openPage(page: Component, title: Key): void {
  createApp(page).provide(SESSION, session).mount('#app');
  watchEffect(() => {
    document.title = `${t(title)} · ${t('product')}`;
  });
}

const pages: Partial<Record<string, [page: Component, title: Key]>> = {
  '/staffing': [StaffingPage, 'staffing'],
  '/places': [PlacesPage, 'places'],
  '/accounts': [AccountsPage, 'accounts'],
  '/tokens': [TokensPage, 'tokens'],
  '/audit': [AuditPage, 'audit'],
} satisfies Partial<Record<PagePath, [page: Component, title: Key]>>;
const session = createSession();
const here = `${location.pathname}${location.search}`;
const toSignIn = () => location.replace(signInAddress(here));

if (location.pathname === '/sign-in') {
  openPage(SignInPage, 'signIn');
} else {
  whenSignedOut(toSignIn);
  const page = pages[location.pathname];
  void getSession().then(
    (found) => {
      session.value = found;
      if (found.name === null) toSignIn();
      else if (page) openPage(...page);
      else openDesk();
    },
    openDesk, // the desk says that the server cannot be reached
  );
}
