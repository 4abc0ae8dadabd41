// Deciding: a button or a key, then the words that go with it. Several at once are decided alike.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { newKey } from '../api/client';
import { faultOf } from '../api/fault';
import { doMove, useMe } from '../api/queries';
import type { Rec } from '../api/types';
import { useBook } from '../book';
import { loader } from '../fields/refs';
import { Name } from '../fields/Show';
import { useSay } from '../i18n';
import { composing, useKeys } from '../keys';
import { Button, Kbd, Note } from '../ui/Button';
import { FieldRow } from '../ui/Field';
import { Pick } from '../ui/Pick';
import { toast } from '../ui/toast';
import { again, voteKind } from './data';

const ways = ['approve', 'reject', 'abstain', 'delegate'] as const;
export type Way = (typeof ways)[number];
const keys: Record<Way, string> = { approve: 'a', reject: 'r', abstain: 'b', delegate: 'd' };

type Props = { votes: Rec[]; keyed?: boolean; onDone: (done: string[]) => void };

export const Decide = ({ votes, keyed = false, onDone }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const k = voteKind(book);
  const [way, setWay] = useState<Way | null>(null);
  const [to, setTo] = useState<string[]>([]);
  const [wrong, setWrong] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const text = useRef<HTMLTextAreaElement>(null);
  const box = useRef<HTMLFormElement>(null);
  const opener = useRef<HTMLElement | null>(null);
  const me = useMe().data?.id;
  const others = useMemo(() => {
    const all = loader(book, [book.kinds.get('user')].flatMap(x => x ?? []));
    return async (q: string, signal: AbortSignal) => (await all(q, signal)).filter(o => o.value !== me);
  }, [book, me]);
  const which = votes.map(v => v.id).join();
  useEffect(() => {
    setWay(null);
    setWrong([]);
    setTo([]);
  }, [which]);
  // The cursor is there before the next key, however fast it comes.
  useLayoutEffect(() => {
    if (way) (way === 'delegate' ? box.current?.querySelector<HTMLElement>('.pickbtn') : text.current)?.focus();
  }, [way]);
  const may = ways.filter(w => votes.length > 0 && votes.every(v => v.can.moves.includes(w)));
  const start = (w: Way): void => {
    opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setWrong([]);
    setWay(w);
  };
  const stop = (): void => {
    setWay(null);
    setWrong([]);
    opener.current?.focus();
  };
  useKeys(keyed ? may.map(w => ({ keys: keys[w], label: label(k ? book.move(k, w)?.label : undefined), scope: 'list' as const, run: () => start(w) })) : []);
  if (!k || may.length === 0) return null;
  const send = async (): Promise<void> => {
    if (!way || busy) return;
    const said = text.current?.value.trim() ?? '';
    if (way === 'reject' && !said) {
      setWrong([t('apr.why.needed')]);
      text.current?.focus();
      return;
    }
    if (way === 'delegate' && !to[0]) {
      setWrong([t('apr.to.needed')]);
      return;
    }
    setBusy(true);
    const body = way === 'delegate' ? { delegate_to: to[0], ...(said ? { reason: said } : {}) } : said ? { comment: said } : {};
    const done: string[] = [];
    const bad: string[] = [];
    for (const v of votes) {
      try {
        await doMove(k, v.id, way, body, { idem: newKey() });
        done.push(v.id);
      } catch (e) {
        const f = faultOf(e);
        const why = f.offline ? t('state.offline') : f.fields.length ? f.fields.map(x => x.message).join(' ') : f.message;
        bad.push(votes.length > 1 ? `${v.number ?? ''} ${why}` : why);
      }
    }
    setBusy(false);
    if (bad.length) setWrong(bad);
    else {
      if (text.current) text.current.value = '';
      setWay(null);
    }
    if (done.length) {
      toast(votes.length > 1 ? t('apr.done.many', { n: done.length, what: label(book.move(k, way)?.label) }) : t(`apr.done.${way}`));
      again();
      onDone(done);
    }
  };
  return (
    <div className="decide">
      {way === null ? (
        <div className="decidebtns" role="group" aria-label={t('apr.decide')}>
          {votes.length > 1 && <b>{t('apr.selected', { n: votes.length })}</b>}
          {may.map(w => (
            <Button key={w} look={w === 'approve' ? 'primary' : 'plain'} {...(w === 'approve' ? { icon: 'check' as const } : w === 'reject' ? { icon: 'close' as const } : {})} onClick={() => start(w)}>
              {label(book.move(k, w)?.label)} {keyed && <Kbd keys={keys[w]} />}
            </Button>
          ))}
        </div>
      ) : (
        <form
          ref={box}
          className={`form decideform ${way}`}
          noValidate
          onSubmit={e => {
            e.preventDefault();
            void send();
          }}
          onKeyDown={e => {
            if (composing(e)) return;
            if (e.key === 'Escape' && !(e.target as HTMLElement).closest('[role="listbox"],.picksearch')) {
              e.stopPropagation();
              stop();
            } else if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
              e.preventDefault();
              void send();
            }
          }}
        >
          {wrong.length > 0 && (
            <Note tone="bad" role="alert">
              {wrong.map(w => <p key={w}>{w}</p>)}
            </Note>
          )}
          {way === 'delegate' && (
            <FieldRow label={t('apr.to')} required>
              {ids => <Pick id={ids.id} label={t('apr.to')} load={others} value={to} onChange={setTo} show={x => <Name kind="user" id={x} link={false} />} />}
            </FieldRow>
          )}
          <FieldRow label={t(`apr.say.${way}`)} required={way === 'reject'}>
            {ids => <textarea id={ids.id} ref={text} className="inp area" rows={2} maxLength={10_000} aria-describedby={ids.describedBy} aria-invalid={(wrong.length > 0 && way === 'reject') || undefined} />}
          </FieldRow>
          <div className="formend">
            {votes.length > 1 && <span className="dim">{t('apr.selected', { n: votes.length })}</span>}
            <span className="grow" />
            <Button onClick={stop}>{t('app.cancel')}</Button>
            <Button look={way === 'reject' ? 'danger' : 'primary'} type="submit" busy={busy}>
              {label(book.move(k, way)?.label)} <Kbd keys="mod+Enter" />
            </Button>
          </div>
        </form>
      )}
    </div>
  );
};
