import { type Component, defineAsyncComponent } from 'vue';
import NotLoaded from './NotLoaded.vue';

/** Whether a file of the program did not come: its styles are not asked for again before the page is loaded anew. */
let missed = false;
if (typeof window !== 'undefined') window.addEventListener('vite:preloadError', () => { missed = true; });

/** A part whose code is read when it is first shown; if it does not come, that is said in words. */
export const later = <T extends Component>(load: () => Promise<{ default: T }>) => defineAsyncComponent<T>({
  loader: async () => {
    if (missed) throw new Error('a file of the program is missing');
    return (await load()).default;
  },
  errorComponent: NotLoaded,
});
