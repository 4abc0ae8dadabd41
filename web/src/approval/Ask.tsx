// Asking for approval: what, why, whom, how their votes count, and until when.
import { useMemo, useRef, useState } from 'react';
import { newKey, post } from '../api/client';
import { faultOf, type Fault } from '../api/fault';
import { refresh } from '../api/queries';
import type { Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { loader } from '../fields/refs';
import { Name } from '../fields/Show';
import { useSay } from '../i18n';
import { composing } from '../keys';
import { Button, IconButton, Kbd, Note } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { FieldRow } from '../ui/Field';
import { Pick } from '../ui/Pick';
import { toast } from '../ui/toast';
import { again, type Stage } from './data';

type Load = ReturnType<typeof loader>;
type Draft = { key: string; approvers: string[]; group: string[]; manager: boolean; rule: 'any' | 'all' | 'quorum'; k: number };
const blank = (): Draft => ({ key: newKey(), approvers: [], group: [], manager: false, rule: 'any', k: 2 });
const MOST = 3;

// Business time to decide: a working day has nine hours.
const times = { usual: '', hour: 'PT1H', half: 'PT4H', day: 'PT9H', week: 'PT45H' } as const;

export const Ask = ({ kind, rec, rounds, onClose }: { kind: Kind; rec: Rec; rounds: Kind; onClose: () => void }) => {
  const { t, label } = useSay();
  const book = useBook();
  const [stages, setStages] = useState<Draft[]>(() => [blank()]);
  const [time, setTime] = useState<keyof typeof times>('usual');
  const [fault, setFault] = useState<Fault | null>(null);
  const [own, setOwn] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const [people, groups] = useMemo(() => ['user', 'group'].map(n => loader(book, [book.kinds.get(n)].flatMap(x => x ?? []))) as [Load, Load], [book]);
  const question = useRef<HTMLInputElement>(null);
  const why = useRef<HTMLTextAreaElement>(null);
  const idem = useRef(newKey());
  const word = (name: string): string => label(book.field(rounds, name)?.label);
  const set = (i: number, more: Partial<Draft>): void => setStages(stages.map((s, n) => (n === i ? { ...s, ...more } : s)));
  const ready = (s: Draft): boolean => s.approvers.length > 0 || s.group.length > 0 || s.manager;
  const send = async (): Promise<void> => {
    if (busy) return;
    const asked = question.current?.value.trim() ?? '';
    const missing = stages.findIndex(s => !ready(s));
    const wrong: Record<string, string> = { ...(asked.length < 3 ? { question: t('apr.question.needed') } : {}), ...(missing >= 0 ? { [`stage${missing}`]: t('apr.whom.needed') } : {}) };
    setOwn(wrong);
    if (Object.keys(wrong).length) {
      if (wrong['question']) question.current?.focus();
      return;
    }
    const plan: Stage[] = stages.map(s => ({
      rule: s.rule,
      ...(s.rule === 'quorum' ? { k: s.k } : {}),
      ...(s.approvers.length ? { approvers: s.approvers } : {}),
      ...(s.group[0] ? { group: s.group[0] } : {}),
      ...(s.manager ? { manager: true } : {}),
      ...(times[time] ? { time: times[time] } : {}),
    }));
    setBusy(true);
    try {
      await post('/' + rounds.plural, { target_kind: kind.name, target: rec.id, question: asked, why: why.current?.value.trim() || null, stages: plan }, { key: idem.current });
      toast(t('apr.ask.done'));
      again();
      refresh(kind.name, [rec.id, book.key(rec)]);
      onClose();
    } catch (e) {
      setFault(faultOf(e));
      idem.current = newKey();
    } finally {
      setBusy(false);
    }
  };
  const written = (): boolean => Boolean(question.current?.value.trim() || why.current?.value.trim());
  const planError = fault?.of('stages') ?? fault?.of('target') ?? fault?.of('target_kind');
  const several = (s: Draft): boolean => s.approvers.length > 1 || s.group.length > 0 || (s.manager && s.approvers.length > 0);
  return (
    <Dialog open onClose={onClose} title={t('apr.ask')} size={620} guard={() => !written() || confirm(t('create.lost'))}>
      <form
        className="form askform"
        noValidate
        onSubmit={e => {
          e.preventDefault();
          void send();
        }}
        onKeyDown={e => {
          if (composing(e) || e.key !== 'Enter' || !(e.ctrlKey || e.metaKey)) return;
          e.preventDefault();
          void send();
        }}
      >
        {fault && !planError && fault.fields.length === 0 && <Note tone="bad" role="alert">{fault.offline ? t('state.offline') : fault.message}</Note>}
        <FieldRow label={word('question')} required help={t('apr.question.help')} error={own['question'] ?? fault?.of('question')}>
          {ids => <input id={ids.id} ref={question} className="inp" maxLength={300} data-autofocus aria-describedby={ids.describedBy} aria-invalid={ids.invalid || undefined} onChange={() => own['question'] && setOwn({})} />}
        </FieldRow>
        <FieldRow label={word('why')} error={fault?.of('why')}>
          {ids => <textarea id={ids.id} ref={why} className="inp area" rows={3} maxLength={20_000} aria-describedby={ids.describedBy} />}
        </FieldRow>
        {planError && <Note tone="bad" role="alert">{planError}</Note>}
        {stages.map((s, i) => (
          <fieldset key={s.key} className="askstage">
            <legend>{stages.length > 1 ? t('apr.stage', { n: i + 1 }) : t('apr.whom')}</legend>
            {i > 0 && <IconButton icon="close" label={t('apr.stage.drop')} className="tiny" onClick={() => setStages(stages.filter((_, n) => n !== i))} />}
            <div className="form grid2">
              <FieldRow label={t('apr.people')} error={own[`stage${i}`]}>
                {ids => <Pick id={ids.id} label={t('apr.people')} many clearable load={people} value={s.approvers} invalid={ids.invalid} describedBy={ids.describedBy} onChange={v => set(i, { approvers: v })} show={x => <Name kind="user" id={x} link={false} />} />}
              </FieldRow>
              <FieldRow label={t('apr.group')}>
                {ids => <Pick id={ids.id} label={t('apr.group')} clearable load={groups} value={s.group} onChange={v => set(i, { group: v })} show={x => <Name kind="group" id={x} link={false} />} />}
              </FieldRow>
              <FieldRow label={t('apr.manager')} beside wide>
                {ids => <input id={ids.id} type="checkbox" className="check" checked={s.manager} onChange={e => set(i, { manager: e.currentTarget.checked })} />}
              </FieldRow>
              {several(s) && (
                <FieldRow label={word('rule')} wide>
                  {ids => (
                    <span className="rulepick" role="radiogroup" aria-labelledby={`${ids.id}-l`} id={ids.id}>
                      {(['any', 'all', 'quorum'] as const).map(r => (
                        <label key={r}>
                          <input type="radio" name={`rule${s.key}`} checked={s.rule === r} onChange={() => set(i, { rule: r })} /> {label(book.field(rounds, 'rule')?.choices?.find(c => c.code === r)?.label)}
                        </label>
                      ))}
                      {s.rule === 'quorum' && <input className="inp" type="number" min={1} max={50} value={s.k} aria-label={word('k')} onChange={e => set(i, { k: Math.max(1, Math.min(50, Number(e.currentTarget.value) || 1)) })} />}
                    </span>
                  )}
                </FieldRow>
              )}
            </div>
          </fieldset>
        ))}
        <div className="askend">
          {stages.length < MOST && <button type="button" className="linkbtn" onClick={() => setStages([...stages, blank()])}>{t('apr.stage.add')}</button>}
          <label className="asktime">
            {t('apr.time')}{' '}
            <select className="inp" value={time} onChange={e => setTime(e.currentTarget.value as keyof typeof times)}>
              {(Object.keys(times) as (keyof typeof times)[]).map(x => <option key={x} value={x}>{t(`apr.time.${x}`)}</option>)}
            </select>
          </label>
        </div>
        <div className="formend">
          <span className="grow" />
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button look="primary" type="submit" busy={busy}>{t('apr.ask.send')} <Kbd keys="mod+Enter" /></Button>
        </div>
      </form>
    </Dialog>
  );
};
