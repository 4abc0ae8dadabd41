// Who works here: inviting, roles, groups, and who no longer comes in.
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { post } from '../api/client';
import { patch } from '../api/queries';
import type { Kind, Row } from '../api/types';
import { useBook } from '../book';
import { Ago } from '../fields/Show';
import { useSay } from '../i18n';
import { langOf, matches } from '../text';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { Empty } from '../ui/marks';
import { Pick } from '../ui/Pick';
import { Page, Secret } from './Admin';
import { useAll, useDo } from './data';

export const UsersPage = () => {
  const { t, label } = useSay();
  const book = useBook();
  const k = book.kinds.get('user');
  const users = useAll('users', { fields: 'name,email,roles,active,last_sign_in_at,setup_expires_at', order: 'name' });
  const groups = useAll('groups', { fields: 'name,members', order: 'name' });
  const [find, setFind] = useState('');
  const [inviting, setInviting] = useState(false);
  const [editing, setEditing] = useState<Row>();
  const shown = (users.data ?? []).filter(u => !find || matches(`${String(u['name'])} ${String(u['email'])}`, find));
  const of = useMemo(() => {
    const m = new Map<string, string[]>();
    for (const g of groups.data ?? []) for (const id of (g['members'] as string[] | null) ?? []) m.set(id, [...(m.get(id) ?? []), String(g['name'])]);
    return m;
  }, [groups.data]);
  if (!k) return null;
  return (
    <Page
      kind={k}
      lead="admin.users.lead"
      actions={
        <>
          <Link to="/$plural" params={{ plural: k.plural }} search={{}} className="btn plain">
            {t('admin.aslist')}
          </Link>
          <Button look="primary" icon="plus" onClick={() => setInviting(true)}>
            {t('admin.invite')}
          </Button>
        </>
      }
    >
      <input className="inp adminfind" type="search" aria-label={t('admin.find')} placeholder={t('admin.find')} value={find} onChange={e => setFind(e.currentTarget.value)} />
      <table className="atable">
        <thead>
          <tr>
            {['name', 'email', 'roles'].map(n => (
              <th key={n} scope="col">{label(book.field(k, n)?.label)}</th>
            ))}
            <th scope="col">{label(book.kinds.get('group')?.label_plural)}</th>
            <th scope="col">{label(book.field(k, 'last_sign_in_at')?.label)}</th>
            <th scope="col">{t('admin.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, 300).map(u => (
            <tr key={u.id} className={u['active'] ? '' : 'off'}>
              <th scope="row">
                <Link to="/$plural/$key" params={{ plural: k.plural, key: u.id }} lang={langOf(u['name'])}>
                  {String(u['name'])}
                </Link>
                {!u['active'] && <small className="chip">{t('admin.inactive')}</small>}
              </th>
              <td>{String(u['email'])}</td>
              <td>
                <Roles codes={(u['roles'] as string[] | null) ?? []} />
              </td>
              <td>{(of.get(u.id) ?? []).join(', ') || '–'}</td>
              <td className="nowrap">{u['last_sign_in_at'] ? <Ago at={String(u['last_sign_in_at'])} /> : <span className="dim">{t(u['setup_expires_at'] ? 'admin.invited' : 'admin.never')}</span>}</td>
              <td className="nowrap">
                <Button className="mini" aria-label={`${t('admin.roles.edit')}: ${String(u['name'])}`} onClick={() => setEditing(u)}>
                  {t('admin.roles.edit')}
                </Button>{' '}
                <Toggle kind={k} user={u} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {users.isSuccess && shown.length === 0 && <Empty title={t('pick.none')} icon="search" />}
      {inviting && <Invite onClose={() => setInviting(false)} />}
      {editing && <EditRoles kind={k} user={editing} onClose={() => setEditing(undefined)} />}
    </Page>
  );
};

const Roles = ({ codes }: { codes: string[] }) => {
  const { label } = useSay();
  const { wire } = useBook();
  return (
    <span className="many">
      {codes.map(c => (
        <span key={c} className="tag">
          {label(wire.roles.find(r => r.name === c)?.label) || c}
        </span>
      ))}
    </span>
  );
};

export const RolePick = ({ id, value, only, onChange }: { id: string; value: string[]; only?: string[]; onChange: (v: string[]) => void }) => {
  const { label } = useSay();
  const { wire } = useBook();
  const name = (c: string): string => label(wire.roles.find(r => r.name === c)?.label) || c;
  return <Pick id={id} many clearable label="" value={value} options={wire.roles.filter(r => !only || only.includes(r.name)).map(r => ({ value: r.name, text: label(r.label), sub: r.name }))} show={name} onChange={onChange} />;
};

const Toggle = ({ kind: k, user: u }: { kind: Kind; user: Row }) => {
  const { t } = useSay();
  const { run, busy } = useDo();
  const on = Boolean(u['active']);
  const word = t(on ? 'admin.deactivate' : 'admin.activate');
  return (
    <Button className="mini" busy={busy} aria-label={`${word}: ${String(u['name'])}`} onClick={() => void run(() => patch(k, u.id, u.version, { active: !on }), t(on ? 'admin.deactivated' : 'admin.activated', { name: String(u['name']) }))}>
      {word}
    </Button>
  );
};

const EditRoles = ({ kind: k, user: u, onClose }: { kind: Kind; user: Row; onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const { run, busy } = useDo();
  const [roles, setRoles] = useState((u['roles'] as string[] | null) ?? []);
  const save = async (): Promise<void> => {
    if (await run(() => patch(k, u.id, u.version, { roles }), t('admin.saved'))) onClose();
  };
  return (
    <Dialog open onClose={onClose} title={t('admin.rolesof', { name: String(u['name']) })}>
      <div className="form">
        <FieldRow label={label(book.field(k, 'roles')?.label)}>{ids => <RolePick id={ids.id} value={roles} onChange={setRoles} />}</FieldRow>
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" busy={busy} onClick={() => void save()}>
            {t('app.save')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
};

const Invite = ({ onClose }: { onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const k = book.kinds.get('user');
  const { run, busy, fault } = useDo();
  const [roles, setRoles] = useState(['end_user']);
  const [link, setLink] = useState('');
  if (!k) return null;
  return (
    <Dialog open onClose={onClose} title={t('admin.invite')}>
      {link ? (
        <Secret text={link} help="admin.invite.once" done="app.close" onClose={onClose} />
      ) : (
        <form
          className="form"
          noValidate
          onSubmit={e => {
            e.preventDefault();
            const data = new FormData(e.currentTarget);
            void run(() => post<{ link: string }>('/invitations', { name: data.get('name'), email: data.get('email'), roles }), undefined, true).then(x => x && setLink(location.origin + x.link));
          }}
        >
          {(['name', 'email'] as const).map((n, i) => (
            <FieldRow key={n} label={label(book.field(k, n)?.label)} required error={fault?.of(n)}>
              {ids => <input className="inp" name={n} type={n === 'email' ? 'email' : 'text'} id={ids.id} aria-describedby={ids.describedBy} aria-invalid={ids.invalid || undefined} data-autofocus={i === 0 || undefined} autoComplete="off" />}
            </FieldRow>
          ))}
          <FieldRow label={label(book.field(k, 'roles')?.label)} error={fault?.of('roles')}>
            {ids => <RolePick id={ids.id} value={roles} onChange={setRoles} />}
          </FieldRow>
          {fault && fault.fields.length === 0 && <p className="err" role="alert">{fault.message}</p>}
          <div className="formend">
            <span className="grow" />
            <Button onClick={onClose}>{t('app.cancel')}</Button>
            <Button look="primary" type="submit" busy={busy}>
              {t('admin.invite.submit')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
};
