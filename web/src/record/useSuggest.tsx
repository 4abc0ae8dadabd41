// The list that opens over a text box while somebody names a person (@), a record (#) or a canned
// response (/): searched by the server, which alone knows who may be named; worked by the keyboard.
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { get, post } from '../api/client';
import { client, find } from '../api/queries';
import { learn } from '../api/names';
import type { Found, Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { useSay, type Label } from '../i18n';
import { composing } from '../keys';
import { langOf, matches } from '../text';
import { StateMark } from '../ui/marks';
import { learnChip, type Chip } from './chips';
import { plainName, triggered, type Trigger } from './suggest';

type Person = { id: string; name: string; sees: boolean };
export type Canned = { id: string; name: string; title: Label; text: string; gaps: string[]; move: string | null; scope: string; uses: number };
type Item = { key: string; face: ReactNode; pick: () => void | Promise<void>; preview?: Canned };

type Props = {
  box: RefObject<HTMLTextAreaElement | null>;
  kind: Kind;
  rec: Rec;
  internal: boolean;
  onPerson: (name: string, id: string) => string; // gives what stands in the text for them
  onCanned: (c: Canned) => void;
};

const REPLIES = 60_000;

// put writes into a box as a person would, so that it can be undone.
export const put = (box: HTMLTextAreaElement, from: number, to: number, text: string): void => {
  box.focus();
  box.setSelectionRange(from, to);
  if (!document.execCommand('insertText', false, text)) {
    box.setRangeText(text, from, to, 'end');
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }
};

export const useSuggest = ({ box, kind: k, rec, internal, onPerson, onCanned }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const [at, setAt] = useState<Trigger | null>(null);
  const [items, setItems] = useState<Item[] | null>(null);
  const [active, setActive] = useState(0);
  const dismissed = useRef(-1); // where a list was put away: it does not open there again
  const own = useId();
  const path = `/${k.plural}/${rec.id}`;

  const look = (): void => {
    const el = box.current;
    if (!el || document.activeElement !== el) return setAt(null);
    const found = el.selectionStart === el.selectionEnd ? triggered(el.value, el.selectionStart) : null;
    if (!found) dismissed.current = -1;
    setAt(found && found.from !== dismissed.current ? found : null);
  };
  const close = (): void => {
    if (at) dismissed.current = at.from;
    setAt(null);
  };
  // open begins a list from a button, as if its sign had been typed.
  const open = (sign: Trigger['sign']): void => {
    const el = box.current;
    if (!el) return;
    const before = el.value.slice(0, el.selectionStart);
    put(el, el.selectionStart, el.selectionEnd, (before && !/\s$/.test(before) ? ' ' : '') + sign);
    dismissed.current = -1;
    look();
  };

  // here gives the words that are being replaced, as they stand now: a syllable may just have ended.
  const here = (): Trigger | null => {
    const el = box.current;
    return el ? triggered(el.value, el.selectionStart) : null;
  };
  const insert = (text: string): void => {
    const el = box.current;
    const now = here();
    if (el && now) put(el, now.from, now.to, text);
    setAt(null);
  };

  useEffect(() => {
    if (!at) {
      setItems(null);
      return;
    }
    const stop = new AbortController();
    const ask = async (): Promise<Item[]> => {
      if (at.sign === '@') {
        const r = await get<{ items: Person[] }>(`${path}/people`, { q: at.query, ...(internal ? { internal: true } : {}) }, stop.signal);
        learn(Object.fromEntries(r.items.map(p => [p.id, { kind: 'user', title: p.name }])));
        return r.items.map(p => ({
          key: p.id,
          face: (
            <>
              <span className="opttext" lang={langOf(p.name)}>{p.name}</span>
              {!p.sees && <small>{t('composer.outside')}</small>}
            </>
          ),
          pick: () => insert(`${onPerson(plainName(p.name), p.id)} `),
        }));
      }
      if (at.sign === '#') {
        const exact = book.numbered(at.query);
        const kinds = book.wire.kinds.filter(x => x.prefix).map(x => x.name);
        const [named, found] = await Promise.all([
          exact ? post<{ items: Chip[] }>('/lookup', { numbers: [exact.number] }, { signal: stop.signal }).then(r => r.items) : Promise.resolve([]),
          at.query ? find(at.query, kinds, 10, stop.signal) : Promise.resolve([] as Found[]),
        ]);
        return [...named, ...found.filter(f => f.number && !named.some(n => n.id === f.id))].flatMap(f => {
          const of = book.kinds.get(f.kind);
          return of
            ? {
                key: f.id,
                face: (
                  <>
                    <span className="num">{f.number}</span>
                    <span className="opttext" lang={langOf(f.title)}>{f.title}</span>
                    {f.state && <StateMark kind={of} state={f.state} />}
                  </>
                ),
                pick: () => {
                  learnChip(f);
                  insert(`#${f.number} `);
                },
              }
            : [];
        });
      }
      const all = await client.fetchQuery({
        queryKey: ['replies', rec.id, rec.version, internal],
        staleTime: REPLIES,
        queryFn: async () => (await get<{ items: Canned[] }>(`${path}/replies`, internal ? { internal: true } : {})).items,
      });
      return all
        .filter(c => !at.query || matches(`${c.name} ${c.title.ko ?? ''} ${c.title.en ?? ''}`, at.query))
        .map(c => ({
          key: c.id,
          preview: c,
          face: (
            <>
              <span className="opttext" lang={langOf(label(c.title))}>{label(c.title)}</span>
              <small>/{c.name}</small>
            </>
          ),
          pick: async () => {
            const now = here();
            const el = box.current;
            setAt(null);
            const used = await post<Canned>(`${path}/replies/${c.id}${internal ? '?internal=true' : ''}`, {}).catch(() => c); // not counted, but written
            if (!el) return;
            if (now) put(el, now.from, now.to, used.text);
            onCanned(used);
          },
        }));
    };
    const wait = setTimeout(
      () => {
        ask().then(
          list => {
            if (stop.signal.aborted) return;
            setItems(list);
            setActive(0);
          },
          () => !stop.signal.aborted && setItems([]),
        );
      },
      at.query ? 120 : 0,
    );
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
    // eslint-disable-next-line react/exhaustive-deps -- what is asked follows what is typed, and nothing else
  }, [at?.sign, at?.query, at?.from, internal, rec.id]);

  const shown = at !== null && items !== null && (items.length > 0 || at.query.length < 12);
  const onKeyDown = (e: KeyboardEvent): boolean => {
    if (!at || composing(e)) return false;
    const list = items ?? [];
    const step = (n: number): void => setActive(a => (list.length ? (a + n + list.length) % list.length : 0));
    if (e.key === 'Escape') close();
    else if (e.key === 'ArrowDown' && list.length) step(1);
    else if (e.key === 'ArrowUp' && list.length) step(-1);
    else if ((e.key === 'Enter' || e.key === 'Tab') && !e.ctrlKey && !e.metaKey && !e.shiftKey && list[active]) void list[active].pick();
    else return false;
    e.preventDefault();
    e.stopPropagation();
    return true;
  };
  const options = { '@': 'composer.who', '#': 'composer.record', '/': 'composer.canned' } as const;
  const none = { '@': 'composer.nobody', '#': 'composer.norecord', '/': 'composer.canned.none' } as const;
  const preview = shown ? items[active]?.preview : undefined;
  const list = shown && (
    <div className="suggest">
      <div role="listbox" id={own} aria-label={t(options[at.sign])}>
        {items.length === 0 && (
          <div role="option" tabIndex={-1} aria-disabled="true" aria-selected="false" className="dim">
            {t(none[at.sign])}
          </div>
        )}
        {items.map((it, i) => (
          <div
            key={it.key}
            id={`${own}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            ref={el => {
              if (i === active) el?.scrollIntoView({ block: 'nearest' });
            }}
            onMouseDown={e => e.preventDefault()}
            onMouseEnter={() => setActive(i)}
            onClick={() => {
              const el = box.current;
              el?.blur(); // ends a syllable that is still being put together
              el?.focus();
              void it.pick();
            }}
          >
            {it.face}
          </div>
        ))}
      </div>
      {preview && (
        <div className="suggestprev" lang={langOf(preview.text)} aria-label={t('composer.canned.preview')} role="group">
          {preview.text.split(/(\{\{[^{}]*\}\})/).map((x, i) => (preview.gaps.includes(x) ? <mark key={i}>{x}</mark> : x)) /* eslint-disable-line react/no-array-index-key -- text in order */}
          {preview.move && <p className="dim">{t('composer.with', { move: label(book.move(k, preview.move)?.label) })}</p>}
        </div>
      )}
    </div>
  );
  return {
    list,
    look,
    close,
    open,
    onKeyDown,
    aria: { 'aria-autocomplete': 'list' as const, ...(shown ? { 'aria-controls': own, ...(items.length ? { 'aria-activedescendant': `${own}-${active}` } : {}) } : {}) },
  };
};
