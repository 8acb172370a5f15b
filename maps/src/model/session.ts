import { type InjectionKey, type ShallowRef, inject, shallowRef } from 'vue';
import type { Session } from '../api/session';

/** Who is signed in; null until the server has said it. */
export const createSession = (): ShallowRef<Session | null> => shallowRef(null);

export const SESSION: InjectionKey<ShallowRef<Session | null>> = Symbol('session');

export const useSession = (): ShallowRef<Session | null> => inject(SESSION, createSession, true);
