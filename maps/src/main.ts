import 'leaflet/dist/leaflet.css';
import './page.css';
import { createApp, watch, watchEffect } from 'vue';
import { api } from './api';
import { lang, t } from './i18n';
import { formatLink, parseLink } from './model/deeplink';
import { DESK, createDesk } from './model/desk';
import { applyTheme } from './model/theme';
import DeskPage from './panels/DeskPage.vue';

applyTheme(document.documentElement);

watchEffect(() => {
  document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en';
});

const desk = createDesk(api);
createApp(DeskPage).provide(DESK, desk).mount('#app');

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
