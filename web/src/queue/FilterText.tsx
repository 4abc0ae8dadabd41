// The filter in its own words, with what may stand next offered while one types, and the word that is
// wrong underlined where it stands.
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Fault } from '../api/fault';
import type { Kind } from '../api/types';
import { useBook } from '../book';
import { loader } from '../fields/refs';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { langOf } from '../text';
import { Button } from '../ui/Button';
import { complete, quoted, taken, type Offer } from './complete';

type Props = { kind: Kind; filter: string; wrong: Fault | null; onFilter: (filter: string) => void };

export const FilterText = ({ kind, filter, wrong, onFilter }: Props) => {
  const say = useSay();
  const { t } = say;
  const book = useBook();
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const mirror = useRef<HTMLDivElement>(null);
  const [text, setText] = useState(filter);
  const [caret, setCaret] = useState<number | null>(null); // where to complete; null = nothing is offered
  const [active, setActive] = useState<number | null>(null); // null = the first, when a word is begun
  const [found, setFound] = useState<{ of: string; offers: Offer[] }>({ of: '', offers: [] });
  useEffect(() => setText(filter), [filter]);
  useEffect(() => box.current?.focus(), []);

  const c = useMemo(() => (caret === null ? undefined : complete(book, kind, say, text, caret)), [book, kind, say, text, caret]);
  const asked = c?.names ? `${c.names.kind} ${c.names.query}` : '';
  const latest = useRef(c);
  latest.current = c;
  useEffect(() => {
    const names = latest.current?.names;
    const to = names && book.kinds.get(names.kind);
    if (!names || !to) return;
    const stop = new AbortController();
    const wait = setTimeout(() => {
      loader(book, [to])(names.query, stop.signal).then(
        list => !stop.signal.aborted && setFound({ of: asked, offers: list.slice(0, 20).map(o => ({ insert: quoted(o.value), name: o.text, hint: o.sub ?? '' })) }),
        () => undefined,
      );
    }, 150);
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [asked, book]);
  const offers = c ? [...c.offers, ...(found.of === asked && asked ? found.offers : [])].slice(0, 40) : [];
  const done = c && offers.some(o => o.name === c.word || o.insert.trim() === `'${c.word}'`) && offers.length === 1;
  const chosen = active ?? (c?.word && !done ? 0 : -1);
  const open = offers.length > 0 && !done;

  const look = (): void => {
    const b = box.current;
    setText(b?.value ?? '');
    setCaret(b && b.selectionStart === b.selectionEnd ? b.selectionStart : null);
    setActive(null);
  };
  const take = (o: Offer | undefined): void => {
    if (!c || !o) return;
    const next = taken(text, c, o);
    setText(next.text);
    setCaret(next.caret);
    setActive(null);
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  // step goes round all offers and none.
  const step = (n: number): void => setActive(((chosen + 1 + n + offers.length + 1) % (offers.length + 1)) - 1);
  const shownError = wrong && wrong.position > 0 && text === filter;
  const chars = [...text];
  const bad = shownError ? (/^[\p{L}\p{N}_.]+|^./u.exec(chars.slice(wrong.position - 1).join(''))?.[0] ?? ' ') : '';
  return (
    <form
      className="celform"
      onSubmit={e => {
        e.preventDefault();
        setCaret(null);
        onFilter((box.current?.value ?? '').trim());
      }}
    >
      <div className="celbox">
        {shownError && (
          <div className="celmirror" ref={mirror} aria-hidden="true">
            {chars.slice(0, wrong.position - 1).join('')}
            <u>{bad}</u>
          </div>
        )}
        <input
          ref={box}
          className={`inp mono ${wrong ? 'bad' : ''}`}
          value={text}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          role="combobox"
          aria-label={t('queue.text.label')}
          aria-invalid={Boolean(wrong)}
          aria-describedby="cel-help"
          aria-autocomplete="list"
          aria-expanded={open}
          aria-controls={id}
          aria-activedescendant={open && chosen >= 0 && chosen < offers.length ? `${id}-${chosen}` : undefined}
          onChange={look}
          onClick={look}
          onFocus={look}
          onBlur={() => setCaret(null)}
          onKeyUp={e => /^(Arrow(Left|Right)|Home|End)$/.test(e.key) && look()}
          onScroll={e => {
            if (mirror.current) mirror.current.scrollLeft = e.currentTarget.scrollLeft;
          }}
          onKeyDown={e => {
            if (composing(e)) return; // the keys belong to the syllable
            if (e.key === ' ' && e.ctrlKey) {
              e.preventDefault();
              look();
            } else if (e.key === 'Escape') {
              if (open) setCaret(null);
              else e.currentTarget.blur();
            } else if (open && e.key === 'ArrowDown') {
              e.preventDefault();
              step(1);
            } else if (open && e.key === 'ArrowUp') {
              e.preventDefault();
              step(-1);
            } else if (open && (e.key === 'Enter' || e.key === 'Tab') && chosen >= 0 && chosen < offers.length) {
              e.preventDefault();
              take(offers[chosen]);
            }
          }}
        />
        <div className="complete" id={id} role="listbox" aria-label={t('queue.text.complete')} hidden={!open}>
          {open &&
            offers.map((o, i) => (
              <div
                key={`${o.insert}${o.name}`}
                id={`${id}-${i}`}
                role="option"
                aria-selected={i === chosen}
                ref={el => {
                  if (i === chosen) el?.scrollIntoView({ block: 'nearest' });
                }}
                onPointerDown={e => {
                  e.preventDefault();
                  take(o);
                }}
              >
                <code lang={langOf(o.name)}>{o.name}</code> <small lang={langOf(o.hint)}>{o.hint}</small>
              </div>
            ))}
        </div>
      </div>
      <Button type="submit">{t('queue.apply')}</Button>
    </form>
  );
};
