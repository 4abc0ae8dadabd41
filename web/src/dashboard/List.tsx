// The dashboards that this person sees, one's own first, and a new one from a template.
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { get, post } from '../api/client';
import { client, useMe } from '../api/queries';
import { learn } from '../api/names';
import type { Kind, Page, Row } from '../api/types';
import { useBook } from '../book';
import { Ago, Name, Person } from '../fields/Show';
import { useSay, type Label } from '../i18n';
import { Failed, Loading, NotFound } from '../shell/States';
import { useTitle } from '../shell/title';
import { langOf, matches } from '../text';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Empty } from '../ui/marks';
import './dashboard.css';
import { Ask, copyOf } from './Share';
import { boardOf, type TileType } from './tiles';

export const ListPage = () => {
  const k = useBook().kinds.get('dashboard');
  return k ? <List kind={k} /> : <NotFound />;
};

const List = ({ kind: k }: { kind: Kind }) => {
  const { t, label } = useSay();
  const me = useMe().data;
  const [making, setMaking] = useState(false);
  const [q, setQ] = useState('');
  useTitle(label(k.label_plural));
  const boards = useQuery({
    queryKey: ['boards'],
    queryFn: async ({ signal }) => {
      const p = await get<Page>('/dashboards', { filter: '!retired', fields: 'label,description,owner,audience,group,period,common,tiles,template,updated_at', order: '-updated_at', limit: 200, expand: 'refs' }, signal);
      learn(p.refs);
      return p.items;
    },
  });
  if (boards.error) return <Failed error={boards.error} retry={() => void boards.refetch()} />;
  if (!boards.data) return <Loading />;
  const found = boards.data.filter(b => !q || matches(`${Object.values(b['label'] as Label).join(' ')} ${String(b['description'] ?? '')}`, q));
  const sections: [string, Row[]][] = [
    [t('dash.list.mine'), found.filter(b => b['owner'] === me?.id)],
    [t('dash.list.group'), found.filter(b => b['owner'] !== me?.id && b['audience'] === 'group')],
    [t('dash.list.shared'), found.filter(b => b['owner'] !== me?.id && b['audience'] === 'shared')],
    [t('dash.list.others'), found.filter(b => b['owner'] !== me?.id && b['audience'] === 'mine')], // an auditor's view
  ];
  return (
    <main id="main" className="page boards" tabIndex={-1}>
      <div className="phead">
        <h1>{label(k.label_plural)}</h1>
        <span className="grow" />
        {boards.data.length > 8 && <input className="inp boardfind" type="search" aria-label={t('dash.find')} placeholder={t('dash.find')} value={q} onChange={e => setQ(e.currentTarget.value)} />}
        {k.can_create && (
          <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
            {t('dash.new')}
          </Button>
        )}
      </div>
      <div className="pagebody">
        {sections.map(
          ([title, list]) =>
            list.length > 0 && (
              <section key={title} aria-label={title}>
                <h2 className="boardsh">{title}</h2>
                <ul className="boardcards">
                  {list.map(b => (
                    <Card key={b.id} board={b} />
                  ))}
                </ul>
              </section>
            ),
        )}
        {found.length === 0 && <Empty title={t('dash.list.none')} help={t('dash.list.none.help')} icon="chart" />}
      </div>
      {making && <Making kind={k} boards={boards.data} onClose={() => setMaking(false)} />}
    </main>
  );
};

// Card shows a dashboard by its plan: the tiles as they lie, without their content.
const Card = ({ board: b }: { board: Row }) => {
  const { t, label } = useSay();
  const me = useMe().data;
  const { tiles, description, label: name } = boardOf(b);
  return (
    <li className="boardcard">
      <Link to="/dashboards/$id" params={{ id: b.id }} search={{}}>
        <Plan tiles={tiles} />
        <strong lang={langOf(label(name as Label))}>{label(name as Label)}</strong>
      </Link>
      {description && <p className="dim">{description}</p>}
      <p className="dim small">
        {b['audience'] === 'group' && typeof b['group'] === 'string' ? <Name kind="group" id={b['group']} link={false} /> : b['owner'] === null ? t('dash.house') : b['owner'] === me?.id ? t(b['audience'] === 'shared' ? 'dash.everyone' : 'dash.onlyme') : <Person id={String(b['owner'])} />}
        {' · '}
        {t('dash.tiles', { n: tiles.length })}
        {b['owner'] !== null && (
          <>
            {' · '}
            <Ago at={String(b['updated_at'])} />
          </>
        )}
      </p>
    </li>
  );
};

const Plan = ({ tiles }: { tiles: { id: string; w: number; h: number; type: TileType }[] }) => (
  <span className="boardplan" aria-hidden="true">
    {tiles.slice(0, 16).map(x => (
      <i key={x.id} className={`w${x.w} h${x.h} ${x.type}`} />
    ))}
  </span>
);

const Making = ({ kind: k, boards, onClose }: { kind: Kind; boards: Row[]; onClose: () => void }) => {
  const { t, label } = useSay();
  const navigate = useNavigate();
  const templates = boards.filter(b => b['template'] === true).sort((a, b) => (a.id < b.id ? -1 : 1)); // as they were made
  const [from, setFrom] = useState<Row | null>(templates[0] ?? null);
  return (
    <Ask
      kind={k}
      title={t('dash.new')}
      name={from ? label(from['label'] as Label) : ''}
      description=""
      audience="mine"
      group=""
      onClose={onClose}
      onSend={async (text, audience) => {
        const made = await post<Row>('/dashboards', { ...(from ? copyOf(boardOf(from)) : { tiles: [] }), ...text, ...audience });
        await client.invalidateQueries({ queryKey: ['boards'] });
        void navigate({ to: '/dashboards/$id', params: { id: made.id }, search: { edit: '1' } });
      }}
    >
      <fieldset className="checks templates">
        <legend>{t('dash.template')}</legend>
        {[...templates, null].map(b => (
          <label key={b?.id ?? 'none'} className={from === b ? 'on' : ''}>
            <input type="radio" name="template" checked={from === b} onChange={() => setFrom(b)} />
            {b ? <Plan tiles={boardOf(b).tiles} /> : <span className="boardplan blank" aria-hidden="true"><Icon name="plus" /></span>}
            <span>{b ? label(b['label'] as Label) : t('dash.template.none')}</span>
          </label>
        ))}
      </fieldset>
    </Ask>
  );
};
