// One tile, chosen and set, with what it will show beside it. The preview asks as the tile will.
import { useMemo, useState } from 'react';
import type { Field, Kind } from '../api/types';
import { useBook } from '../book';
import type { Described } from '../figures/kpi';
import { useSay, type Label } from '../i18n';
import { Filters } from '../queue/Filters';
import { listed, offered } from '../queue/columns';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { Pick } from '../ui/Pick';
import { plan, useTold, type Scope } from './ask';
import { Body, titleOf } from './Body';
import { fresh, groupable, looks, types, type Look, type Step, type Tile } from './tiles';

type Props = { tile: Tile; added: boolean; kpis: Map<string, Described>; scope: Scope; onClose: () => void; onDone: (t: Tile) => void };

export const TileDialog = ({ tile: first, added, kpis, scope, onClose, onDone }: Props) => {
  const say = useSay();
  const { t, label } = say;
  const book = useBook();
  // A figure about one record at a time has no place here: it would have nothing to be about.
  const usable = useMemo(() => book.wire.stages.flatMap(s => s.processes).map(p => ({ process: p, kpis: p.kpis.flatMap(c => kpis.get(c) ?? []).filter(k => k.divisible) })).filter(p => p.kpis.length > 0), [book, kpis]);
  const usual = [...usable].sort((a, b) => b.kpis.length - a.kpis.length)[0]?.kpis[0]?.code ?? '';
  const [x, setX] = useState<Tile>(() => (first.kpi || first.type !== 'kpi' ? first : { ...first, kpi: usual }));
  const put = (more: Partial<Tile>): void => setX({ ...x, ...more });
  const kpi = kpis.get(x.kpi ?? '');
  const kinds = useMemo(() => book.wire.kinds.filter(k => k.life || !k.config).filter(k => k.name !== 'dashboard' && k.name !== 'saved_view'), [book]);
  const kind = book.kinds.get(x.type === 'kpi' || x.type === 'series' ? (kpi?.kind ?? '') : (x.kind ?? ''));
  const groups = kind ? groupable(kind) : [];
  // Another type keeps what it shares with this one.
  const retype = (type: Tile['type']): void => {
    const base = fresh(type);
    const records = kinds.find(k => k.name === kpi?.kind) ?? kinds.find(k => k.prefix && k.life) ?? kinds[0];
    setX({
      ...base, id: x.id, ...(x.title ? { title: x.title } : {}),
      ...(type === 'kpi' || type === 'series' ? { kpi: x.kpi ?? usual, filter: x.type === 'kpi' || x.type === 'series' ? (x.filter ?? '') : '' } : {}),
      ...(type === 'series' && kpis.get(x.kpi ?? '')?.at === null ? { step: '', by: kpis.get(x.kpi ?? '')?.group_by ?? '', look: 'bar' as const } : {}),
      ...(type === 'count' || type === 'list' ? { kind: x.kind ?? records?.name ?? '', view: x.kind ? (x.view ?? '') : '', filter: x.type === 'count' || x.type === 'list' ? (x.filter ?? '') : '' } : {}),
    });
  };
  const rekpi = (code: string): void => {
    const k = kpis.get(code);
    put({ kpi: code, filter: '', ...(x.type === 'series' ? (k?.at === null ? { step: '', by: k.group_by ?? '', look: 'bar' } : { by: '' }) : {}) });
  };
  const scopes = useMemo(() => [plan(book, kpis, x, scope)], [book, kpis, x, scope]);
  const told = useTold(scopes);
  const title = titleOf(say, book, kpis, x);
  const ready = x.type === 'note' ? Boolean(x.text?.trim()) : x.type === 'kpi' ? Boolean(kpi) : x.type === 'series' ? Boolean(kpi && (x.step || x.by)) : Boolean(kind && (x.type === 'list' || x.look === 'number' || x.by));
  const [p, a] = [scopes[0], told[0]];
  return (
    <Dialog open onClose={onClose} title={t(added ? 'dash.add' : 'dash.tile.set')} size={920} guard={() => JSON.stringify(x) === JSON.stringify(first) || (added && !x.filter && !x.text && !x.title) || confirm(t('dash.lost'))}>
      <div className="tileform">
        {/* No form: the condition has forms of its own, which may not stand in another. */}
        <div className="form">
          <div role="radiogroup" aria-label={t('dash.type')} className="tiletypes">
            {types.map(n => (
              <button key={n} type="button" role="radio" aria-checked={x.type === n} className={x.type === n ? 'on' : ''} onClick={() => retype(n)}>
                {t(`dash.type.${n}`)}
              </button>
            ))}
          </div>
          <p className="help">{t(`dash.type.${x.type}.help`)}</p>
          {(x.type === 'kpi' || x.type === 'series') && (
            <FieldRow label={t('dash.kpi')}>
              {ids => (
                <select className="inp" id={ids.id} value={x.kpi} onChange={e => rekpi(e.currentTarget.value)}>
                  {!kpi && <option value={x.kpi}>{t('dash.hidden')}</option>}
                  {usable.map(pr => (
                    <optgroup key={pr.process.name} label={label(pr.process.label)}>
                      {pr.kpis.map(k => (
                        <option key={k.code} value={k.code}>
                          {label(k.name)}
                        </option>
                      ))}
                    </optgroup>
                  ))}
                </select>
              )}
            </FieldRow>
          )}
          {(x.type === 'count' || x.type === 'list') && (
            <div className="pair">
              <FieldRow label={t('dash.kind')}>
                {ids => (
                  <select className="inp" id={ids.id} value={x.kind} onChange={e => put({ kind: e.currentTarget.value, view: '', filter: '', by: '', order: '', columns: [] })}>
                    {kinds.map(k => (
                      <option key={k.name} value={k.name}>
                        {label(k.label_plural)}
                      </option>
                    ))}
                  </select>
                )}
              </FieldRow>
              <FieldRow label={t('dash.view')}>
                {ids => (
                  <select className="inp" id={ids.id} value={x.view ?? ''} onChange={e => put({ view: e.currentTarget.value })}>
                    <option value="">{t('dash.view.all')}</option>
                    {(kind?.views ?? []).map(v => (
                      <option key={v.name} value={v.name}>
                        {label(v.label)}
                      </option>
                    ))}
                  </select>
                )}
              </FieldRow>
            </div>
          )}
          {x.type === 'series' && (
            <FieldRow label={t('dash.step')}>
              {ids => (
                <select className="inp" id={ids.id} value={x.step ?? ''} onChange={e => put({ step: e.currentTarget.value as Step | '', look: e.currentTarget.value ? (x.look ?? 'line') : 'bar' })}>
                  <option value="">{t('dash.step.none')}</option>
                  {kpi?.at !== null && (['day', 'week', 'month'] as const).map(s => (
                    <option key={s} value={s}>
                      {t(`dash.step.${s}`)}
                    </option>
                  ))}
                </select>
              )}
            </FieldRow>
          )}
          {looks[x.type].length > 0 && !(x.type === 'series' && !x.step) && (
            <div role="radiogroup" aria-label={t('dash.look')} className="segments">
              {looks[x.type].map(l => (
                <button key={l} type="button" role="radio" aria-checked={x.look === l} aria-pressed={undefined} className={x.look === l ? 'on' : ''} onClick={() => put({ look: l as Look, ...(x.type === 'count' && l !== 'number' ? { by: x.by || (groups.find(f => f.name === 'state') ?? groups[0])?.name || '', ...(x.h === 1 ? { h: 2 } : {}) } : {}) })}>
                  {t(`dash.look.${l}`)}
                </button>
              ))}
            </div>
          )}
          {(x.type === 'series' || (x.type === 'count' && x.look !== 'number')) && (
            <FieldRow label={t('dash.groupby')}>
              {ids => (
                <select className="inp" id={ids.id} value={x.by ?? ''} onChange={e => put({ by: e.currentTarget.value })}>
                  <option value="">{t(x.type === 'series' && x.step ? 'dash.groupby.none' : 'pick.choose')}</option>
                  {groups.map(f => (
                    <option key={f.name} value={f.name}>
                      {label(f.label)}
                    </option>
                  ))}
                </select>
              )}
            </FieldRow>
          )}
          {x.type === 'list' && kind && <Columns kind={kind} tile={x} put={put} />}
          {x.type !== 'note' && kind && (
            <div role="group" aria-label={t('dash.filter')} className="fld">
              <p className="nlabel">{t('dash.filter')}</p>
              <Filters kind={kind} filter={x.filter ?? ''} q="" fault={null} changed={false} onFilter={filter => put({ filter })} onFind={q => q && put({ filter: `search('${q.replace(/[\\']/g, '\\$&')}')${x.filter ? ` && (${x.filter})` : ''}` })} onReset={() => undefined} />
            </div>
          )}
          {x.type === 'note' && (
            <FieldRow label={t('dash.text')} help={t('dash.text.help')}>
              {ids => <textarea className="inp area" id={ids.id} rows={7} maxLength={4000} value={x.text ?? ''} onChange={e => put({ text: e.currentTarget.value })} />}
            </FieldRow>
          )}
          <FieldRow label={t('dash.title')} help={t('dash.title.help')}>
            {ids => <input className="inp" id={ids.id} maxLength={200} value={x.title?.[say.lang] ?? ''} placeholder={titleOf(say, book, kpis, { ...x, title: {} })} onChange={e => put({ title: { ...x.title, [say.lang]: e.currentTarget.value } as Partial<Label> })} />}
          </FieldRow>
          <div className="pair">
            <FieldRow label={t('dash.w')}>
              {ids => <Size id={ids.id} most={4} value={x.w} onPick={w => put({ w })} />}
            </FieldRow>
            <FieldRow label={t('dash.h')}>
              {ids => <Size id={ids.id} most={3} value={x.h} onPick={h => put({ h })} />}
            </FieldRow>
          </div>
          <div className="formend">
            <span className="grow" />
            <Button onClick={onClose}>{t('app.cancel')}</Button>
            <Button look="primary" disabled={!ready} onClick={() => onDone(x)}>
              {t(added ? 'app.add' : 'dash.tile.apply')}
            </Button>
          </div>
        </div>
        <section className="tilepreview" aria-label={t('dash.preview')}>
          <p className="dim small">{t('dash.preview')}</p>
          <div className={`dtile h${x.h} ${x.type}`}>
            <div className="dhead">
              <h2>{title}</h2>
            </div>
            <div className="dbody">{p && a && (ready ? <Body tile={x} plan={p} told={a} scope={scope} title={title} kpis={kpis} /> : <p className="tnone dim">{t('dash.preview.none')}</p>)}</div>
          </div>
        </section>
      </div>
    </Dialog>
  );
};

const Size = ({ id, most, value, onPick }: { id: string; most: number; value: number; onPick: (n: number) => void }) => (
  <select className="inp" id={id} value={value} onChange={e => onPick(Number(e.currentTarget.value))}>
    {Array.from({ length: most }, (_, i) => i + 1).map(n => (
      <option key={n}>{n}</option>
    ))}
  </select>
);

const Columns = ({ kind, tile: x, put }: { kind: Kind; tile: Tile; put: (more: Partial<Tile>) => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const all = offered(kind);
  const now = x.columns?.length ? x.columns : listed(kind).slice(0, 4);
  const [order = ''] = (x.order ?? '').split(',');
  const name = (n: string): string => label(book.field(kind, n)?.label) || n;
  const sorts: Field[] = all.filter(f => ['time', 'date', 'int', 'choice'].includes(f.type));
  return (
    <>
      <FieldRow label={t('dash.columns')}>
        {ids => <Pick id={ids.id} label={t('dash.columns')} many value={now} options={all.map(f => ({ value: f.name, text: label(f.label) }))} onChange={v => put({ columns: v.slice(0, 12) })} show={name} />}
      </FieldRow>
      <div className="pair">
        <FieldRow label={t('dash.order')}>
          {ids => (
            <select className="inp" id={ids.id} value={x.order ?? ''} onChange={e => put({ order: e.currentTarget.value })}>
              <option value="">{t('dash.order.view')}</option>
              {x.order && !sorts.some(f => f.name === order.replace(/^-/, '')) && <option value={x.order}>{x.order}</option>}
              {x.order?.includes(',') && <option value={x.order}>{x.order.split(',').map(n => name(n.replace(/^-/, ''))).join(', ')}</option>}
              {sorts.flatMap(f => [
                <option key={f.name} value={f.name}>{`${label(f.label)} ↑`}</option>,
                <option key={`-${f.name}`} value={`-${f.name}`}>{`${label(f.label)} ↓`}</option>,
              ])}
            </select>
          )}
        </FieldRow>
        <FieldRow label={t('dash.rows')}>{ids => <Size id={ids.id} most={20} value={x.rows ?? 8} onPick={rows => put({ rows })} />}</FieldRow>
      </div>
    </>
  );
};
