// The priority matrix: nine cells, and which of the matrices is in use.
import { useState } from 'react';
import { post } from '../api/client';
import { patch, useMe } from '../api/queries';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { Button, Note } from '../ui/Button';
import { Chip, PriorityMark } from '../ui/marks';
import { Menu } from '../ui/Menu';
import { Page } from './Admin';
import { useAdministration, useAll, useDo } from './data';
import { put } from './Settings';

const SETTING = 'incident.matrix';

export const MatrixPage = () => {
  const { t, label } = useSay();
  const book = useBook();
  const k = book.kinds.get('priority_rule');
  const roles = useMe().data?.roles ?? [];
  const oversees = roles.includes('admin') || roles.includes('auditor');
  const all = useAdministration(oversees);
  const rules = useAll('priority_rules', { fields: 'matrix,impact,urgency,priority' });
  const { run, busy } = useDo();
  const used = all.data?.settings.find(s => s.name === SETTING)?.value;
  const names = [...new Set((rules.data ?? []).map(r => String(r['matrix'])))].sort();
  const [asked, setAsked] = useState<string>();
  const shown = asked ?? used ?? names[0] ?? 'default';
  if (!k) return null;
  const f = (n: string) => book.field(k, n);
  const choices = f('priority')?.choices ?? [];
  const word = (n: string, code: string): string => label(f(n)?.choices?.find(c => c.code === code)?.label);
  const at = (i: string, u: string) => rules.data?.find(r => r['matrix'] === shown && String(r['impact']) === i && String(r['urgency']) === u);
  const set = (i: string, u: string, priority: number): void => {
    const r = at(i, u);
    void run<unknown>(() => (r ? patch(k, r.id, r.version, { priority }) : post(`/${k.plural}`, { matrix: shown, impact: Number(i), urgency: Number(u), priority })), t('admin.saved'));
  };
  const name = (m: string): string => (m === 'default' ? t('admin.matrix.default') : m === 'servicenow' ? 'ServiceNow' : m);
  const impacts = f('impact')?.choices ?? [];
  const urgencies = f('urgency')?.choices ?? [];
  return (
    <Page title="admin.matrix" lead="admin.matrix.lead">
      <div className="adminbar">
        <div role="group" aria-label={t('admin.matrix')} className="segments">
          {names.map(m => (
            <button key={m} type="button" aria-pressed={m === shown} onClick={() => setAsked(m)}>
              {name(m)}
            </button>
          ))}
        </div>
        {used === shown ? (
          <Chip>{t('admin.matrix.used')}</Chip>
        ) : (
          used !== undefined &&
          book.kinds.get('setting')?.can_create && (
            <Button busy={busy} onClick={() => void run(() => put(SETTING, shown), t('admin.saved'))}>
              {t('admin.matrix.use')}
            </Button>
          )
        )}
      </div>
      <table className="atable matrix">
        <caption className="sr">{t('admin.matrix')}: {name(shown)}</caption>
        <thead>
          <tr>
            <td>
              {label(f('impact')?.label)} ↓ · {label(f('urgency')?.label)} →
            </td>
            {urgencies.map(u => (
              <th key={u.code} scope="col">
                {label(u.label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {impacts.map(i => (
            <tr key={i.code}>
              <th scope="row">{label(i.label)}</th>
              {urgencies.map(u => {
                const p = String(at(i.code, u.code)?.['priority'] ?? '');
                const what = `${label(f('impact')?.label)} ${label(i.label)}, ${label(f('urgency')?.label)} ${label(u.label)}`;
                return (
                  <td key={u.code}>
                    <Menu
                      label={what}
                      target={
                        <button type="button" className="cellbtn" disabled={busy}>
                          <span className="sr">{what}: </span>
                          {p ? <PriorityMark level={Number(p)} text={word('priority', p)} /> : '–'}
                        </button>
                      }
                      items={choices.map(c => ({ key: c.code, label: <PriorityMark level={Number(c.code)} text={label(c.label)} />, checked: c.code === p, onPick: () => set(i.code, u.code, Number(c.code)) }))}
                    />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <Note>{t('admin.matrix.note')}</Note>
    </Page>
  );
};
