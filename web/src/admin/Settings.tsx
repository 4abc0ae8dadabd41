// Every declared setting: what it is, what it is now, what it was when Maru came.
import { useMemo, useState } from 'react';
import { call, get, post } from '../api/client';
import { faultOf } from '../api/fault';
import type { Page as Wire, Row } from '../api/types';
import { useBook } from '../book';
import { seconds } from '../fields/duration';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { matches } from '../text';
import { Button, Note } from '../ui/Button';
import { Page } from './Admin';
import { useAdministration, useDo, type Setting } from './data';

// put sets a setting, whether or not somebody has set it before.
export const put = async (name: string, value: string): Promise<Row> => {
  const had = (await get<Wire>('/settings', { filter: `name == '${name}'`, fields: 'name,version' })).items[0];
  return had ? call<Row>('PATCH', `/settings/${had.id}`, { body: { value }, ifMatch: had.version }) : post<Row>('/settings', { name, value });
};

export const SettingsPage = () => {
  const { t, label } = useSay();
  const { wire, kinds } = useBook();
  const all = useAdministration();
  const [find, setFind] = useState('');
  const process = useMemo(() => new Map(wire.stages.flatMap(s => s.processes).map(p => [p.name, p.label])), [wire]);
  const shown = (all.data?.settings ?? []).filter(s => !find || matches(`${label(s.label)} ${s.name}`, find));
  const groups = [...new Set(shown.map(s => s.process))];
  return (
    <Page kind={kinds.get('setting')} lead="admin.settings.lead">
      {all.error && <Note tone="bad">{faultOf(all.error).message}</Note>}
      <input className="inp adminfind" type="search" aria-label={t('admin.find.setting')} placeholder={t('admin.find.setting')} value={find} onChange={e => setFind(e.currentTarget.value)} />
      {groups.map(g => (
        <section key={g} className="sect">
          <h2>{label(process.get(g)) || g}</h2>
          <ul className="settings">
            {shown.filter(s => s.process === g).map(s => (
              <Line key={s.name} setting={s} />
            ))}
          </ul>
        </section>
      ))}
    </Page>
  );
};

const Line = ({ setting: s }: { setting: Setting }) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  const { run, busy, fault } = useDo();
  const [text, setText] = useState<string>();
  const may = book.kinds.get('setting')?.can_create ?? false;
  const changed = s.value !== s.default;
  const draft = text ?? s.value;
  const save = async (value: string): Promise<void> => {
    if (await run(() => put(s.name, value), t('admin.saved'), true)) setText(undefined);
  };
  const spoken = (v: string): string => (s.type === 'duration' ? say.span(seconds(v) ?? 0) : s.type === 'bool' ? t(v === 'true' ? 'app.yes' : 'app.no') : v);
  const id = `s-${s.name}`;
  const common = { id, className: 'inp', disabled: !may, 'aria-invalid': fault ? true : undefined, 'aria-describedby': `${id}-d` };
  const error = fault ? (fault.fields[0]?.message ?? fault.message) : '';
  return (
    <li>
      <div>
        <label htmlFor={id}>{label(s.label)}</label>
        <code>{s.name}</code>
      </div>
      <div>
        <span className="settingrow">
          {s.type === 'bool' || s.choices ? (
            <select {...common} value={draft} onChange={e => void save(e.currentTarget.value)}>
              {(s.choices ?? ['true', 'false']).map(c => (
                <option key={c} value={c}>
                  {spoken(c)}
                </option>
              ))}
            </select>
          ) : (
            <input
              {...common}
              value={draft}
              onChange={e => setText(e.currentTarget.value)}
              onKeyDown={e => {
                if (composing(e)) return;
                if (e.key === 'Enter') void save(draft);
                if (e.key === 'Escape') setText(undefined);
              }}
            />
          )}
          {text !== undefined && text !== s.value && (
            <Button look="primary" className="mini" busy={busy} onClick={() => void save(draft)}>
              {t('app.save')}
            </Button>
          )}
          {changed && may && text === undefined && (
            <Button className="mini" busy={busy} aria-label={`${t('admin.reset')}: ${label(s.label)}`} onClick={() => void save(s.default)}>
              {t('admin.reset')}
            </Button>
          )}
        </span>
        <small id={`${id}-d`} className={error ? 'err' : 'dim'} role={error ? 'alert' : undefined}>
          {error || (changed ? t('admin.default', { value: spoken(s.default) }) : t('admin.isdefault'))}
          {!error && s.type === 'duration' && ` · ${spoken(s.value)}`}
        </small>
      </div>
    </li>
  );
};
