import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { useMemo } from 'react';
import { usePlaces } from '../admin/data';
import { useCounts } from '../api/queries';
import type { Kind, Stage } from '../api/types';
import { useBook, type Book } from '../book';
import { useSay } from '../i18n';
import { useKeys } from '../keys';
import { prefs, setPrefs, usePrefs } from '../prefs';
import { IconButton } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { StageMark } from '../ui/marks';
import { Menu, type MenuItem } from '../ui/Menu';

// suggested are the kinds pinned until a person chooses: those with a queue of their own.
const suggested = (book: Book): string[] => book.wire.kinds.filter(k => !k.config && k.life && k.prefix && !k.views.some(v => v.name === 'my_approvals') && !k.fields.some(f => f.required && f.fixed && f.type === 'reference')).map(k => k.name).slice(0, 5);

export const usePinned = (): Kind[] => {
  const book = useBook();
  const { pinned } = usePrefs();
  return useMemo(() => (pinned ?? suggested(book)).flatMap(n => book.kinds.get(n) ?? []), [book, pinned]);
};

export const togglePin = (book: Book, kind: string): void => {
  const now = prefs.get().pinned ?? suggested(book);
  setPrefs({ pinned: now.includes(kind) ? now.filter(k => k !== kind) : [...now, kind] });
};

// openFilter is what a count in the side bar counts: what is not finished.
export const openFilter = (k: Kind): string => {
  const view = k.views.find(v => v.name === 'open');
  if (view) return view.filter;
  const ends = k.life?.states.filter(s => s.final).map(s => `'${s.name}'`) ?? [];
  return ends.length ? `!(state in [${ends.join(', ')}])` : '';
};

const totals = (list: { total: number | null; total_is_at_least?: boolean }[] | undefined, from: number, n: number): number | undefined => {
  const part = list?.slice(from, from + n);
  return part?.length ? part.reduce((sum, c) => sum + (c.total ?? 0), 0) : undefined;
};

const Count = ({ n }: { n: number | undefined }) => {
  const { number, t } = useSay();
  return n ? (
    <span className="n num">
      {number(n)}
      <span className="sr"> {t('side.count')}</span>
    </span>
  ) : null;
};

// abbr is what is left of a name in the folded side bar.
const abbr = (s: string): string => [...s].slice(0, 2).join('').replace(/^./, c => c.toUpperCase());

const StageRow = ({ stage }: { stage: Stage }) => {
  const { t, label } = useSay();
  const book = useBook();
  const navigate = useNavigate();
  const pinned = usePinned();
  const items: MenuItem[] = stage.processes.flatMap((p): MenuItem[] => {
    const kinds = p.kinds.flatMap(n => book.kinds.get(n) ?? []);
    if (!kinds.length && !p.kpis.length) return [];
    return [
      { title: label(p.label) },
      ...kinds.map(k => ({
        key: k.name,
        label: label(k.label_plural),
        onPick: () => void navigate({ to: '/$plural', params: { plural: k.plural }, search: {} }),
        end: (
          <span
            className={`pinmark ${pinned.includes(k) ? 'on' : ''}`}
            title={t(pinned.includes(k) ? 'side.unpin' : 'side.pin')}
            onClick={e => {
              e.stopPropagation();
              togglePin(book, k.name);
            }}
            aria-hidden="true"
          >
            <Icon name="pin" size={14} />
          </span>
        ),
      })),
      ...(p.kpis.length ? [{ key: `figures:${p.name}`, label: t('figures.menu'), icon: <Icon name="chart" size={14} />, onPick: () => void navigate({ to: '/figures/$process', params: { process: p.name }, search: {} }) }] : []),
    ];
  });
  if (!items.length) return null;
  return (
    <li>
      <Menu
        label={label(stage.label)}
        side="right"
        width={270}
        target={
          <button type="button" className="siderow" title={label(stage.label)}>
            <StageMark stage={stage.name} />
            <span className="abbr" aria-hidden="true">{abbr(label(stage.label).split(' ').at(-1) ?? '')}</span>
            <span className="txt">{label(stage.label)}</span>
            <Icon name="right" size={12} />
          </button>
        }
        items={items}
      />
    </li>
  );
};

export const SideBar = () => {
  const { t, label } = useSay();
  const book = useBook();
  const { narrow, boards: kept } = usePrefs();
  const boards = book.kinds.get('dashboard');
  const navigate = useNavigate();
  const pinned = usePinned();
  const mine = useMemo(() => book.viewed('my_work'), [book]);
  const approvals = useMemo(() => book.viewed('my_approvals'), [book]);
  const of = useMemo(
    () => [...mine.map(v => ({ kind: v.kind.name, filter: v.filter })), ...approvals.map(v => ({ kind: v.kind.name, filter: v.filter })), ...pinned.map(k => ({ kind: k.name, filter: openFilter(k) }))],
    [mine, approvals, pinned],
  );
  const counts = useCounts(of);
  const places = usePlaces();
  const path = useRouterState({ select: s => s.location.pathname });
  // g and a letter goes to a pinned list; the first letter of its own name that is still free.
  const jumps = useMemo(() => {
    const used = new Set(['m', 'a']);
    return pinned.flatMap(k => {
      const letter = [...k.plural].find(c => /[a-z]/.test(c) && !used.has(c));
      if (!letter) return [];
      used.add(letter);
      return [{ kind: k, letter }];
    });
  }, [pinned]);
  useKeys([
    { keys: 'g a', label: t('keys.goto', { name: t('side.approvals') }), scope: 'everywhere', run: () => void navigate({ to: '/my/approvals' }) },
    ...jumps.map(j => ({ keys: `g ${j.letter}`, label: t('keys.goto', { name: label(j.kind.label_plural) }), scope: 'everywhere' as const, run: () => void navigate({ to: '/$plural', params: { plural: j.kind.plural }, search: {} }) })),
  ]);
  const place = (to: '/my' | '/my/approvals' | '/dashboards', icon: 'work' | 'approve' | 'chart', text: string, n: number | undefined) => (
    <li>
      <Link to={to} activeOptions={{ exact: true }} className={`siderow ${path === to ? 'active' : ''}`} title={text} aria-current={path === to ? 'page' : undefined}>
        <Icon name={icon} />
        <span className="txt">{text}</span>
        <Count n={n} />
      </Link>
    </li>
  );
  const stages = book.wire.stages;
  return (
    <nav className={`side ${narrow ? 'narrow' : ''}`} aria-label={t('top.nav')}>
      <div className="sidescroll">
        <ul>
          {place('/my', 'work', t('side.mywork'), totals(counts.data, 0, mine.length))}
          {place('/my/approvals', 'approve', t('side.approvals'), totals(counts.data, mine.length, approvals.length))}
          {boards?.can_create && place('/dashboards', 'chart', label(boards.label_plural), undefined)}
          {kept?.map(b => (
            <li key={b.id} className="pinned">
              <Link to="/dashboards/$id" params={{ id: b.id }} search={{}} className={`siderow ${path === `/dashboards/${b.id}` ? 'active' : ''}`} title={label(b.label)} aria-current={path === `/dashboards/${b.id}` ? 'page' : undefined}>
                <Icon name="pin" />
                <span className="txt">{label(b.label)}</span>
              </Link>
            </li>
          ))}
        </ul>
        {pinned.length > 0 && <h2>{t('side.pinned')}</h2>}
        <ul>
          {pinned.map((k, i) => {
            const n = counts.data?.[mine.length + approvals.length + i]?.total ?? undefined;
            const here = path === `/${k.plural}` || path.startsWith(`/${k.plural}/`);
            const text = label(k.label_plural);
            return (
              <li key={k.name} className="pinned">
                <Link to="/$plural" params={{ plural: k.plural }} search={{}} className={`siderow ${here ? 'active' : ''}`} title={text} aria-current={here ? 'page' : undefined}>
                  <StageMark stage={book.home(k.name)?.stage.name ?? ''} />
                  <span className="abbr" aria-hidden="true">{abbr(text)}</span>
                  <span className="txt">{text}</span>
                  <Count n={n} />
                </Link>
              </li>
            );
          })}
        </ul>
        <h2>{t('side.stages')}</h2>
        <ul>
          {stages.map(s => (
            <StageRow key={s.name} stage={s} />
          ))}
        </ul>
      </div>
      {places.length > 1 && (
        <Link to="/admin" className={`siderow adminrow ${path === '/admin' || path.startsWith('/admin/') ? 'active' : ''}`} title={t('admin.title')} aria-current={path === '/admin' ? 'page' : undefined}>
          <Icon name="gear" />
          <span className="txt">{t('admin.title')}</span>
        </Link>
      )}
      <IconButton icon="fold" label={t(narrow ? 'side.unfold' : 'side.fold')} aria-pressed={narrow} className="foldbtn" onClick={() => setPrefs({ narrow: !narrow })} />
    </nav>
  );
};
