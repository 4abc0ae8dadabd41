// What a person sets for this browser. boot.js reads the same key before the first paint.
import { Store, useStore } from './store';

export type Lang = 'ko' | 'en';
export type Theme = 'light' | 'dark' | 'system';
export type Density = 'compact' | 'normal' | 'cosy';

export type Prefs = {
  lang?: Lang;
  theme: Theme;
  density: Density;
  pinned?: string[]; // kinds in the side bar; unset = what the book suggests
  boards?: { id: string; label: { ko: string; en: string } }[]; // dashboards in the side bar
  narrow: boolean; // side bar folded to its icons
  preview: boolean; // split view in lists
  columns: Record<string, string[]>; // by kind
  widths: Record<string, Record<string, number>>; // of columns, by kind
  folded: Record<string, string[]>; // groups of a list, by kind
  recent: { plural: string; key: string; title: string }[];
};

const KEY = 'maru.prefs';
const plain: Prefs = { theme: 'system', density: 'normal', narrow: false, preview: false, columns: {}, widths: {}, folded: {}, recent: [] };

const read = (): Prefs => {
  try {
    return { ...plain, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Prefs>) };
  } catch {
    return plain;
  }
};

export const prefs = new Store<Prefs>(read());
export const usePrefs = (): Prefs => useStore(prefs);

export const setPrefs = (more: Partial<Prefs>): void => {
  prefs.set({ ...prefs.get(), ...more });
  try {
    localStorage.setItem(KEY, JSON.stringify(prefs.get()));
  } catch {
    // a full or forbidden store: the choice lasts until the page is left
  }
};

// Another tab of the same person changed something.
addEventListener('storage', e => {
  if (e.key === KEY) prefs.set(read());
});

const system = matchMedia('(prefers-color-scheme: dark)');
export const scheme = new Store<'light' | 'dark'>('light');

const dress = (): void => {
  const p = prefs.get();
  const dark = p.theme === 'dark' || (p.theme === 'system' && system.matches);
  scheme.set(dark ? 'dark' : 'light');
  document.documentElement.dataset['theme'] = scheme.get();
  document.documentElement.dataset['density'] = p.density;
};
prefs.listen(dress);
system.addEventListener('change', dress);
dress();

export const remember = (plural: string, key: string, title: string): void => {
  const rest = prefs.get().recent.filter(r => r.plural !== plural || r.key !== key);
  setPrefs({ recent: [{ plural, key, title }, ...rest].slice(0, 12) });
};
