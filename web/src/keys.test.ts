import { describe, expect, it, vi } from 'vitest';
import { bindings, catchTyping, composing, press, spell, takeTyping } from './keys';

const ev = (code: string, key: string, more: Partial<KeyboardEventInit> = {}) => new KeyboardEvent('keydown', { code, key, bubbles: true, cancelable: true, ...more });

describe('keys', () => {
  it('go by place: ㅓ is J', () => expect(spell(ev('KeyJ', 'ㅓ'))).toBe('j'));
  it.each([
    [ev('Slash', '/'), '/'],
    [ev('Slash', '?', { shiftKey: true }), '?'],
    [ev('KeyK', 'k', { ctrlKey: true }), 'mod+k'],
    [ev('KeyK', 'ㅏ', { metaKey: true }), 'mod+k'],
    [ev('KeyX', 'ㅌ', { shiftKey: true }), 'shift+x'],
    [ev('Enter', 'Enter'), 'Enter'],
  ])('%# are spelt', (e, want) => expect(spell(e)).toBe(want));

  it('run what is bound, in its place, and not while somebody writes or composes', () => {
    const run = vi.fn();
    const go = vi.fn();
    bindings.set([
      { keys: 'j', label: '', scope: 'list', run },
      { keys: 'g i', label: '', scope: 'everywhere', run: go },
    ]);
    press(ev('KeyJ', 'ㅓ'));
    expect(run).toHaveBeenCalledTimes(1);
    press(ev('KeyJ', 'ㅓ', { isComposing: true }));
    expect(run).toHaveBeenCalledTimes(1);
    const input = document.body.appendChild(document.createElement('input'));
    input.addEventListener('keydown', press);
    input.dispatchEvent(ev('KeyJ', 'j'));
    expect(run).toHaveBeenCalledTimes(1);
    press(ev('KeyG', 'ㅎ'));
    press(ev('KeyI', 'ㅑ'));
    expect(go).toHaveBeenCalledTimes(1);
    press(ev('KeyI', 'i'));
    expect(go).toHaveBeenCalledTimes(1);
  });
  it('keep what is typed while something opens', () => {
    const run = vi.fn();
    bindings.set([{ keys: 'n', label: '', scope: 'record', run }]);
    catchTyping();
    for (const k of ['i', 'n', 'c']) press(ev(`Key${k.toUpperCase()}`, k));
    expect([takeTyping(), run.mock.calls.length]).toEqual(['inc', 0]);
    press(ev('KeyN', 'n'));
    expect(run).toHaveBeenCalledTimes(1);
  });
  it('know composition in every browser', () => {
    expect(composing({ isComposing: true })).toBe(true);
    expect(composing({ keyCode: 229 })).toBe(true);
    expect(composing({ nativeEvent: { isComposing: true } })).toBe(true);
    expect(composing({ keyCode: 13 })).toBe(false);
  });
});
