// API tokens: what programs sign in with. The secret is shown once, when it is made.
import { useState } from 'react';
import { post } from '../api/client';
import { client, doMove, useMe } from '../api/queries';
import { newKey } from '../api/client';
import type { Kind, Row } from '../api/types';
import { useBook } from '../book';
import { Ago, Person } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { Empty, StateMark } from '../ui/marks';
import { Page, Secret } from './Admin';
import { useAll, useDo } from './data';
import { RolePick } from './Users';

const DAYS = [30, 90, 365, 0] as const;

export const TokensPage = () => {
  const k = useBook().kinds.get('api_token');
  return k ? <Tokens kind={k} /> : null;
};

const Tokens = ({ kind: k }: { kind: Kind }) => {
  const { t, label } = useSay();
  const book = useBook();
  const me = useMe().data;
  const wide = me?.roles.some(r => r === 'admin' || r === 'auditor') ?? false;
  const [all, setAll] = useState(false);
  const [making, setMaking] = useState(false);
  const list = useAll(k.plural, { fields: 'name,user,roles,hint,expires_at,state,created_at', order: '-created_at', ...(all ? {} : { filter: 'user == me' }) });
  return (
    <Page
      kind={k}
      lead="admin.tokens.lead"
      actions={
        <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
          {t('admin.tokens.new')}
        </Button>
      }
    >
      {wide && (
        <div className="adminbar">
          <div role="group" aria-label={label(k.label_plural)} className="segments">
            <button type="button" aria-pressed={!all} onClick={() => setAll(false)}>
              {t('admin.tokens.mine')}
            </button>
            <button type="button" aria-pressed={all} onClick={() => setAll(true)}>
              {t('queue.all')}
            </button>
          </div>
        </div>
      )}
      {list.data?.length === 0 ? (
        <Empty title={t('admin.tokens.none')} icon="gear" />
      ) : (
        <table className="atable">
          <thead>
            <tr>
              {['name', 'hint', ...(all ? ['user'] : []), 'roles', 'created_at', 'expires_at', 'state'].map(n => (
                <th key={n} scope="col">{label(book.field(k, n)?.label)}</th>
              ))}
              <th scope="col">{t('admin.actions')}</th>
            </tr>
          </thead>
          <tbody>
            {(list.data ?? []).map(r => (
              <Line key={r.id} kind={k} row={r} all={all} />
            ))}
          </tbody>
        </table>
      )}
      {making && <Make onClose={() => setMaking(false)} kind={k} />}
    </Page>
  );
};

const Line = ({ kind: k, row: r, all }: { kind: Kind; row: Row; all: boolean }) => {
  const { t, label } = useSay();
  const book = useBook();
  const { run, busy } = useDo();
  const roles = (r['roles'] as string[] | null) ?? [];
  const move = k.life?.moves.find(m => m.from.includes(String(r.state)));
  return (
    <tr className={k.life?.states.find(s => s.name === r.state)?.final ? 'off' : ''}>
      <th scope="row" lang={langOf(r['name'])}>{String(r['name'])}</th>
      <td>
        <code>{String(r['hint'] ?? '')}…</code>
      </td>
      {all && (
        <td>
          <Person id={String(r['user'])} />
        </td>
      )}
      <td>{roles.length ? roles.map(c => label(book.wire.roles.find(x => x.name === c)?.label) || c).join(', ') : t('admin.tokens.allroles')}</td>
      <td>
        <Ago at={String(r['created_at'])} />
      </td>
      <td>{r['expires_at'] ? <Ago at={String(r['expires_at'])} /> : t('admin.tokens.never')}</td>
      <td>
        <StateMark kind={k} state={String(r.state)} />
      </td>
      <td>
        {move && (
          <Button className="mini" busy={busy} aria-label={`${label(move.label)}: ${String(r['name'])}`} onClick={() => void run(() => doMove(k, r.id, move.name, {}, { idem: newKey() }), t('admin.saved'))}>
            {label(move.label)}
          </Button>
        )}
      </td>
    </tr>
  );
};

const Make = ({ kind: k, onClose }: { kind: Kind; onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const me = useMe().data;
  const { run, busy, fault } = useDo();
  const [roles, setRoles] = useState<string[]>([]);
  const [token, setToken] = useState('');
  const make = async (name: string, days: number): Promise<void> => {
    const body = { name, roles, ...(days ? { expires_at: new Date(Date.now() + days * 86_400_000).toISOString() } : {}) };
    const made = await run(() => post<{ token: string }>('/tokens', body), undefined, true);
    if (made) setToken(made.token);
    void client.invalidateQueries({ queryKey: ['list', k.name] });
  };
  return (
    <Dialog open onClose={onClose} title={t('admin.tokens.new')} guard={() => !token}>
      {token ? (
        <Secret text={token} help="admin.tokens.once" done="admin.tokens.kept" onClose={onClose} />
      ) : (
        <form
          className="form"
          noValidate
          onSubmit={e => {
            e.preventDefault();
            const data = new FormData(e.currentTarget);
            void make(String(data.get('name') ?? ''), Number(data.get('days')));
          }}
        >
          <FieldRow label={label(book.field(k, 'name')?.label)} required error={fault?.of('name')} help={t('admin.tokens.name')}>
            {ids => <input className="inp" name="name" id={ids.id} maxLength={200} aria-describedby={ids.describedBy} aria-invalid={ids.invalid || undefined} data-autofocus autoComplete="off" />}
          </FieldRow>
          <FieldRow label={label(book.field(k, 'roles')?.label)} help={t('admin.tokens.roles')} error={fault?.of('roles')}>
            {ids => <RolePick id={ids.id} value={roles} only={me?.roles ?? []} onChange={setRoles} />}
          </FieldRow>
          <FieldRow label={label(book.field(k, 'expires_at')?.label)} error={fault?.of('expires_at')}>
            {ids => (
              <select className="inp" name="days" id={ids.id} defaultValue={90}>
                {DAYS.map(n => (
                  <option key={n} value={n}>
                    {n ? t('admin.tokens.days', { n }) : t('admin.tokens.never')}
                  </option>
                ))}
              </select>
            )}
          </FieldRow>
          {fault && fault.fields.length === 0 && <p className="err" role="alert">{fault.message}</p>}
          <div className="formend">
            <span className="grow" />
            <Button onClick={onClose}>{t('app.cancel')}</Button>
            <Button look="primary" type="submit" busy={busy}>
              {t('admin.tokens.make')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
};
