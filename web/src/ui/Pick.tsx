import { Combobox, useCombobox } from '@mantine/core';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { begins, langOf, matches } from '../text';
import { Icon } from './Icon';

export type Option = { value: string; text: string; sub?: string; face?: ReactNode };

type Props = {
  id?: string;
  label: string; // for those who cannot see; a visible label is the caller's
  value: string[];
  options?: Option[]; // all there are; found by typing, also by initial consonants
  load?: (query: string, signal: AbortSignal) => Promise<Option[]>; // or asked for while typing
  show: (value: string) => ReactNode; // what a chosen value looks like
  many?: boolean;
  clearable?: boolean;
  invalid?: boolean;
  describedBy?: string | undefined;
  autoFocus?: boolean;
  autoOpen?: boolean; // opened as it appears: for editing in place
  inline?: boolean; // inside a popover: a list beside it would count as a click outside
  onChange: (value: string[]) => void;
  onClose?: () => void;
};

// A Pick chooses one or several of few or very many things, by keyboard or pointer.
export const Pick = (p: Props) => {
  const { t } = useSay();
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<Option[] | null>(null);
  const own = useId();
  const target = useRef<HTMLButtonElement>(null);
  const box = useCombobox({
    onDropdownOpen: () => {
      box.focusSearchInput();
      box.updateSelectedOptionIndex('active');
    },
    onDropdownClose: () => {
      box.resetSelectedOption();
      setQuery('');
      target.current?.focus();
      p.onClose?.();
    },
  });
  const opened = box.dropdownOpened;
  const { load } = p;
  const open = box.openDropdown;
  const auto = p.autoOpen;
  useEffect(() => {
    if (auto) open();
    // eslint-disable-next-line react/exhaustive-deps -- once, when it appears
  }, []);
  useEffect(() => {
    if (!load || !opened) return;
    const stop = new AbortController();
    const wait = setTimeout(
      () => {
        load(query, stop.signal).then(
          list => !stop.signal.aborted && setFound(list),
          () => !stop.signal.aborted && setFound([]),
        );
      },
      query ? 180 : 0,
    );
    return () => {
      clearTimeout(wait);
      stop.abort();
    };
  }, [query, opened, load]);
  const shown = p.load ? found : (p.options ?? []).filter(o => !query || matches(`${o.text} ${o.sub ?? ''}`, query));
  const first = shown?.[0]?.value;
  const selectFirst = box.selectFirstOption;
  useEffect(() => {
    if (opened && query && first) selectFirst();
    // eslint-disable-next-line react/exhaustive-deps -- when what is found changes, not the store
  }, [first, query, opened]);
  const searching = Boolean(p.load) || (p.options?.length ?? 0) > 7;
  // A short list has no box to type in; what is typed on its button goes to the option that begins so.
  const ahead = useRef({ text: '', at: 0 });
  const typed = (e: KeyboardEvent): void => {
    if (!opened || searching || composing(e) || e.key.length !== 1 || e.key === ' ' || e.ctrlKey || e.metaKey || e.altKey) return;
    const now = Date.now();
    ahead.current = { text: (now - ahead.current.at < 800 ? ahead.current.text : '') + e.key, at: now };
    const i = (p.options ?? []).findIndex(o => begins(o.text, ahead.current.text));
    if (i >= 0) box.selectOption(i);
    e.preventDefault();
  };
  const pick = (value: string): void => {
    if (p.many) {
      p.onChange(p.value.includes(value) ? p.value.filter(v => v !== value) : [...p.value, value]);
      setQuery('');
    } else {
      p.onChange([value]);
      box.closeDropdown();
    }
  };
  return (
    <Combobox store={box} onOptionSubmit={pick} hideDetached={false} withinPortal={!p.inline} position="bottom-start" width="target" transitionProps={{ duration: 0 }} offset={2}>
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <div className={`pick ${p.invalid ? 'invalid' : ''}`}>
          <button
            ref={target}
            type="button"
            id={p.id ?? own}
            data-autofocus={p.autoFocus || undefined}
            autoFocus={p.autoFocus}
            className="pickbtn"
            aria-haspopup="listbox"
            aria-expanded={opened}
            aria-labelledby={p.id ? `${p.id}-l ${p.id}-v` : undefined}
            aria-describedby={p.describedBy}
            onClick={() => box.toggleDropdown()}
            onKeyDown={typed}
          >
            {!p.id && <span className="sr">{p.label} </span>}
            <span className="pickval" id={`${p.id ?? own}-v`}>{p.value.length ? p.value.map(v => <span key={v}>{p.show(v)}</span>) : <span className="dim">{t('pick.choose')}</span>}</span>
            <Icon name="down" size={14} />
          </button>
          {p.clearable && p.value.length > 0 && (
            <button type="button" className="pickclear" aria-label={`${p.label}: ${t('app.clear')}`} onClick={() => p.onChange([])}>
              <Icon name="close" size={12} />
            </button>
          )}
        </div>
      </Combobox.Target>
      <Combobox.Dropdown miw={220}>
        {searching && (
          <Combobox.Search
            value={query}
            onChange={e => setQuery(e.currentTarget.value)}
            onKeyDownCapture={e => composing(e) && e.stopPropagation()}
            placeholder={t('pick.search')}
            aria-label={`${p.label}: ${t('pick.search')}`}
            className="picksearch"
          />
        )}
        <Combobox.Options aria-label={p.label} mah={280} className="pickopts">
          {shown === null ? (
            <Combobox.Empty>{t('app.loading')}…</Combobox.Empty>
          ) : shown.length === 0 ? (
            <Combobox.Empty>{t('pick.none')}</Combobox.Empty>
          ) : (
            shown.map(o => (
              <Combobox.Option key={o.value} value={o.value} active={p.value.includes(o.value)} aria-selected={p.value.includes(o.value)} lang={langOf(o.text)}>
                <span className="opt">
                  {o.face ?? <span className="opttext">{o.text}</span>}
                  {o.sub && <small>{o.sub}</small>}
                  {p.value.includes(o.value) && <Icon name="check" size={14} />}
                </span>
              </Combobox.Option>
            ))
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
};
