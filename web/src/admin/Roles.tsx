// Who may do what: every role against every kind, and the words of each grant.
import { useMemo, useState } from 'react';
import { faultOf } from '../api/fault';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { matches } from '../text';
import { Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Pick } from '../ui/Pick';
import { Page } from './Admin';
import { useAdministration, type Administration, type Grant, type KindNames } from './data';

const anyone = 'anyone';

export const RolesPage = () => {
  const { t, label } = useSay();
  const { wire } = useBook();
  const all = useAdministration();
  const [roles, setRoles] = useState<string[]>([]);
  const [find, setFind] = useState('');
  const [cell, setCell] = useState<{ role: string; kind: KindNames }>();
  const d = all.data;
  const by = useMemo(() => {
    const m = new Map<string, Grant[]>();
    for (const g of d?.grants ?? []) m.set(`${g.role} ${g.kind}`, [...(m.get(`${g.role} ${g.kind}`) ?? []), g]);
    return m;
  }, [d]);
  const roleName = (r: string): string => (r === anyone ? t('admin.anyone') : label(wire.roles.find(x => x.name === r)?.label) || r);
  const granted = useMemo(() => {
    const used = new Set((d?.grants ?? []).map(g => g.role));
    return [anyone, ...wire.roles.map(r => r.name)].filter(r => used.has(r));
  }, [d, wire]);
  const columns = roles.length ? granted.filter(r => roles.includes(r)) : granted;
  const kinds = (d?.kinds ?? []).filter(k => (!find || matches(`${label(k.label)} ${k.name}`, find)) && (!roles.length || columns.some(r => by.has(`${r} ${k.name}`))));
  return (
    <Page title="admin.roles" lead="admin.roles.lead">
      {all.error && <Note tone="bad">{faultOf(all.error).message}</Note>}
      <div className="adminbar">
        <div className="rolefilter">
          <Pick label={t('admin.roles.filter')} many clearable value={roles} options={granted.map(r => ({ value: r, text: roleName(r) }))} show={roleName} onChange={setRoles} />
        </div>
        <input className="inp adminfind" type="search" aria-label={t('admin.find.kind')} placeholder={t('admin.find.kind')} value={find} onChange={e => setFind(e.currentTarget.value)} />
        <span className="dim small">{t('admin.roles.legend')}</span>
      </div>
      <div className="scrollx" tabIndex={0} role="region" aria-label={t('admin.roles.lead')}>
        <table className="atable rights">
          <thead>
            <tr>
              <td>{t('admin.journal.kind')}</td>
              {columns.map(r => (
                <th key={r} scope="col">
                  {roleName(r)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {kinds.map(k => (
              <tr key={k.name}>
                <th scope="row">{label(k.label)}</th>
                {columns.map(r => {
                  const gs = by.get(`${r} ${k.name}`);
                  return <td key={r}>{gs ? <Cell grants={gs} name={`${roleName(r)}, ${label(k.label)}`} onOpen={() => setCell({ role: r, kind: k })} /> : null}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {cell && d && (
        <Dialog open onClose={() => setCell(undefined)} title={`${roleName(cell.role)} · ${label(cell.kind.label)}`} size={640}>
          <ul className="grants">
            {(by.get(`${cell.role} ${cell.kind.name}`) ?? []).map(g => (
              <GrantWords key={JSON.stringify(g)} grant={g} kind={cell.kind} all={d} />
            ))}
          </ul>
        </Dialog>
      )}
    </Page>
  );
};

// level says in one letter how far grants reach: reading, changing, everything; a condition dims it.
const Cell = ({ grants, name, onOpen }: { grants: Grant[]; name: string; onOpen: () => void }) => {
  const { t } = useSay();
  const verbs = new Set(grants.flatMap(g => g.verbs));
  const level = verbs.has('*') ? 'all' : verbs.size === [...verbs].filter(v => v === 'read' || v === 'inside').length ? 'read' : 'some';
  const bound = grants.every(g => g.where !== '');
  return (
    <button type="button" className={`right ${level} ${bound ? 'bound' : ''}`} aria-label={`${t(`admin.right.${level}`)}: ${name}`} title={name} onClick={onOpen}>
      {t(`admin.right.${level}`)}
      {bound && <span aria-hidden="true"> *</span>}
    </button>
  );
};

const GrantWords = ({ grant: g, kind: k, all }: { grant: Grant; kind: KindNames; all: Administration }) => {
  const { t, label } = useSay();
  const plain = g.verbs.flatMap(v => (v === '*' ? [t('admin.right.star')] : (all.verbs.find(x => x.name === v) ? [label(all.verbs.find(x => x.name === v)?.label)] : [])));
  const moves = g.verbs.flatMap(v => (all.verbs.some(x => x.name === v) || v === '*' ? [] : [label(k.moves.find(m => m.name === v)?.label) || v]));
  return (
    <li>
      {plain.length > 0 && (
        <p>
          <b>{t('admin.grant.may')}</b> {plain.join(' · ')}
        </p>
      )}
      {moves.length > 0 && (
        <p>
          <b>{t('admin.grant.moves')}</b> {moves.join(' · ')}
        </p>
      )}
      <p>
        <b>{t('admin.grant.where')}</b> {g.where ? <code>{g.where}</code> : t('admin.grant.every')}
      </p>
      {g.fields.length > 0 && (
        <p>
          <b>{t('admin.grant.fields')}</b> {g.fields.map(n => label(k.fields.find(f => f.name === n)?.label) || n).join(', ')}
        </p>
      )}
    </li>
  );
};
