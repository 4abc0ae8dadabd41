// Keys, by their place on the keyboard: with a Korean layout on, J says ㅓ and must still go down.
// Bindings are registered by what is on the screen, so that the sheet (?) can list them.
import { useEffect, useRef } from 'react';
import { Store } from './store';

export type Scope = 'everywhere' | 'list' | 'record';
export type Binding = { keys: string; label: string; scope: Scope; run: (e: KeyboardEvent) => void; typing?: boolean; hidden?: boolean };

export const bindings = new Store<Binding[]>([]);

// spell writes the key that was pressed: modifiers and the physical key.
export const spell = (e: Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): string => {
  let base = e.code.startsWith('Key') ? e.code.slice(3).toLowerCase() : e.code.startsWith('Digit') ? e.code.slice(5) : e.code;
  if (e.code === 'Slash') base = e.shiftKey || e.key === '?' ? '?' : '/';
  if (e.code === '' || e.code === 'Unidentified') base = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  const mods = [e.ctrlKey || e.metaKey ? 'mod' : '', e.altKey ? 'alt' : '', e.shiftKey && base !== '?' ? 'shift' : ''].filter(Boolean);
  return [...mods, base].join('+');
};

// inText tells whether somebody is writing: then plain letters are text, not commands.
export const inText = (t: EventTarget | null): boolean =>
  t instanceof HTMLElement && (t.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName)) && !/^(checkbox|radio|button|submit)$/.test((t as HTMLInputElement).type);

// composing tells whether a syllable is still being put together (Korean, Japanese, Chinese).
export const composing = (e: { isComposing?: boolean; keyCode?: number; nativeEvent?: { isComposing?: boolean } }): boolean =>
  Boolean(e.isComposing || e.nativeEvent?.isComposing || e.keyCode === 229);

// While something that takes text is opening, what is typed meanwhile is its text, not commands.
let caught: string | null = null;
export const catchTyping = (): void => {
  caught = '';
};
export const takeTyping = (): string => {
  const text = caught ?? '';
  caught = null;
  return text;
};

let pending = '';
let timer: ReturnType<typeof setTimeout> | undefined;

export const press = (e: KeyboardEvent): void => {
  if (e.defaultPrevented || composing(e)) return;
  if (caught !== null && !e.ctrlKey && !e.metaKey && !e.altKey) {
    if (e.key === 'Escape') caught = null;
    else if (e.key.length === 1) {
      caught += e.key;
      e.preventDefault();
      return;
    }
  }
  const key = spell(e);
  const typing = inText(e.target);
  const blocked = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
  const inMenu = e.target instanceof HTMLElement && e.target.closest('[role="menu"],[role="listbox"]') !== null;
  for (const b of [...bindings.get()].toReversed()) {
    if (blocked && b.scope !== 'everywhere') continue;
    if ((typing || blocked || inMenu) && !b.typing) continue;
    const [first, second] = b.keys.split(' ');
    if (second ? !(pending === first && key === second) : pending !== '' || first !== key) continue;
    e.preventDefault();
    pending = '';
    b.run(e);
    return;
  }
  clearTimeout(timer);
  pending = '';
  if (!typing && !blocked && bindings.get().some(b => b.keys.startsWith(key + ' '))) {
    pending = key;
    timer = setTimeout(() => {
      pending = '';
    }, 1500);
  }
};

export const listenForKeys = (): void => addEventListener('keydown', press);

// useKeys binds keys while a component is on the screen.
export const useKeys = (list: Binding[]): void => {
  const latest = useRef(list);
  latest.current = list;
  const shape = list.map(b => b.keys + b.label).join('|');
  useEffect(() => {
    const mine = latest.current.map((b, i) => ({ ...b, run: (e: KeyboardEvent) => latest.current[i]?.run(e) }));
    bindings.set([...bindings.get(), ...mine]);
    return () => bindings.set(bindings.get().filter(b => !mine.includes(b)));
  }, [shape]);
};

const mac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);
const faces: Record<string, string> = { mod: mac ? '⌘' : 'Ctrl', alt: mac ? '⌥' : 'Alt', shift: 'Shift', ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc', Space: 'Space' };
export const face = (keys: string): string[] => keys.split(' ').map(k => k.split('+').map(p => faces[p] ?? (p.length === 1 ? p.toUpperCase() : p)).join(' '));
