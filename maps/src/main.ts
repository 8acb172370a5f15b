import 'leaflet/dist/leaflet.css';
import './page.css';
import { createApp, watch, watchEffect } from 'vue';
import { api } from './api';
import { whenSignedOut } from './api/client';
import { getSession } from './api/session';
import { type Key, lang, t } from './i18n';
import { formatLink, parseLink } from './model/deeplink';
import { DESK, createDesk } from './model/desk';
import { applyTheme } from './model/theme';
import { createSession, SESSION } from './model/session';
import { signInAddress } from './model/signin';
import AccountsPage from './panels/AccountsPage.vue';
import DeskPage from './panels/DeskPage.vue';
import SignInPage from './panels/SignInPage.vue';

applyTheme(document.documentElement);

watchEffect(() => {
  document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en';
});

/** The planner's desk, for whoever is signed in. */
function openDesk(): void {
  const desk = createDesk(api);
  createApp(DeskPage).provide(DESK, desk).provide(SESSION, session).mount('#app');

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
function openPage(page: typeof SignInPage | typeof AccountsPage, title: Key): void {
  createApp(page).provide(SESSION, session).mount('#app');
  watchEffect(() => {
    document.title = `${t(title)} · ${t('product')}`;
  });
}

const session = createSession();
const here = `${location.pathname}${location.search}`;
const toSignIn = () => location.replace(signInAddress(here));

if (location.pathname === '/sign-in') {
  openPage(SignInPage, 'signIn');
} else {
  whenSignedOut(toSignIn);
  void getSession().then(
    (found) => {
      session.value = found;
      if (found.name === null) toSignIn();
      else if (location.pathname === '/accounts') openPage(AccountsPage, 'accounts');
      else openDesk();
    },
    openDesk, // the desk says that the server cannot be reached
  );
}
