// The panel behind the bell: a thread a record, what happened in a sentence, all of it by key.
import './inbox.css';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { faultOf } from '../api/fault';
import type { Thread } from '../api/types';
import { useBook } from '../book';
import { Ago, Show } from '../fields/Show';
import { useSay } from '../i18n';
import { spell } from '../keys';
import { langOf } from '../text';
import { Button, IconButton, Note } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Empty, StateMark } from '../ui/marks';
import { toast } from '../ui/toast';
import { filters, gathered, heed, useInbox, useMutes, type Filter } from './data';

type Props = { portal: boolean; name: string; onClose: () => void };

// useLeaving closes what is open when somebody presses or tabs elsewhere; it takes the focus and gives it back.
const useLeaving = (close: () => void) => {
  const root = useRef<HTMLDivElement>(null);
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    const box = root.current?.parentElement;
    const before = box?.querySelector('button');
    const away = (e: Event): void => {
      if (e.target instanceof Node && !box?.contains(e.target)) latest.current();
    };
    root.current?.focus({ preventScroll: true });
    document.addEventListener('pointerdown', away);
    document.addEventListener('focusin', away);
    return () => {
      document.removeEventListener('pointerdown', away);
      document.removeEventListener('focusin', away);
      if (document.activeElement === document.body) before?.focus({ preventScroll: true });
    };
  }, []);
  return root;
};

export const Panel = ({ portal, name, onClose }: Props) => {
  const { t, label } = useSay();
  const book = useBook();
  const [filter, setFilter] = useState<Filter>('all');
  const inbox = useInbox(filter);
  const mutes = useMutes();
  const list = useRef<HTMLUListElement>(null);
  const root = useLeaving(onClose);
  const threads = inbox.data?.pages.flatMap(p => p.items) ?? [];
  const last = inbox.data?.pages[0]?.last ?? 0;
  const news = threads.some(th => th.unread > 0);

  const mute = (th: Thread): void => {
    const on = !mutes.is(th.id);
    const name = th.number || th.title || label(book.kinds.get(th.kind)?.label);
    void mutes.set(th, on).then(() => toast(t(on ? 'inbox.muted' : 'inbox.unmuted', { name })), e => toast(faultOf(e).message, 'bad'));
  };
  const toggle = (th: Thread): void => void heed(th.unread ? { id: th.id } : { id: th.id, unread: true }).catch((e: unknown) => toast(faultOf(e).message, 'bad'));

  // Keys act on the thread that has the focus; without one the first gets it.
  const onKey = (e: KeyboardEvent<HTMLElement>): void => {
    const key = spell(e.nativeEvent);
    const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>('a.thread') ?? [])];
    const at = links.findIndex(a => a.closest('li')?.contains(document.activeElement));
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[key];
    const th = threads[at];
    if (step) links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
    else if (key === 'Home' || key === 'End') links[key === 'Home' ? 0 : links.length - 1]?.focus();
    else if (key === 'x' && th) toggle(th);
    else if (key === 'q' && th && mutes.ready) mute(th);
    else if (key === 'b' || key === 'Escape') onClose();
    else return;
    e.preventDefault();
    e.stopPropagation();
  };

  return (
    <div onKeyDown={onKey} ref={root} tabIndex={-1} role="dialog" aria-label={name} className="inbox">
      <div className="inboxhead">
        <div role="group" aria-label={t('inbox.filter')} className="segments">
          {filters.map(f => (
            <button key={f} type="button" aria-pressed={filter === f} onClick={() => setFilter(f)}>
              {t(`inbox.${f}`)}
            </button>
          ))}
        </div>
        <span className="grow" />
        <Button look="quiet" icon="check" disabled={!news} onClick={() => void heed({ all: true, ...(last ? { until: last } : {}) })}>
          {t('inbox.allread')}
        </Button>
        <Link to={portal ? '/portal/notifications' : '/my/notifications'} className="ib" aria-label={t('inbox.settings')} title={t('inbox.settings')} onClick={onClose}>
          <Icon name="gear" />
        </Link>
      </div>
      {inbox.error && !inbox.data && <Note tone="bad">{faultOf(inbox.error).message}</Note>}
      {inbox.isSuccess && threads.length === 0 && (filter === 'all' ? <Empty icon="bell" title={t('inbox.empty')} help={t('inbox.empty.help')} /> : <Empty icon="bell" title={t('inbox.empty.filter')} />)}
      {inbox.isPending && <p className="dim inboxwait">{t('app.loading')}…</p>}
      {threads.length > 0 && (
        <div className="inboxscroll">
          <ul ref={list}>
            {threads.map(th => (
              <Row key={th.id} thread={th} portal={portal} muted={mutes.is(th.id)} onOpen={onClose} onToggle={() => toggle(th)} onMute={mutes.ready ? () => mute(th) : undefined} />
            ))}
          </ul>
          {inbox.hasNextPage && (
            <Button className="inboxmore" busy={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
              {t('inbox.more')}
            </Button>
          )}
        </div>
      )}
      {threads.length > 0 && !portal && <p className="inboxkeys dim" aria-hidden="true">{t('inbox.keys')}</p>}
    </div>
  );
};

type RowProps = { thread: Thread; portal: boolean; muted: boolean; onOpen: () => void; onToggle: () => void; onMute: (() => void) | undefined };

const Row = ({ thread: th, portal, muted, onOpen, onToggle, onMute }: RowProps) => {
  const { t, label } = useSay();
  const book = useBook();
  const navigate = useNavigate();
  const k = book.kinds.get(th.kind);
  if (!k) return null;
  const priority = book.field(k, 'priority');
  const params = { plural: k.plural, key: book.key(th) };
  const title = th.title || label(k.label);
  const lines = gathered(th.messages);
  return (
    <li className={th.unread ? 'new' : ''}>
      <Link
        to={portal ? '/portal/$plural/$key' : '/$plural/$key'}
        params={params}
        className="thread"
        onClick={e => {
          if (e.metaKey || e.ctrlKey || e.shiftKey) return;
          e.preventDefault();
          onOpen();
          void navigate({ to: portal ? '/portal/$plural/$key' : '/$plural/$key', params });
        }}
      >
        <span className="threadhead">
          {th.unread > 0 && (
            <i className="dot">
              <span className="sr">{t('inbox.new')}</span>
            </i>
          )}
          <span className="threadtitle" lang={langOf(title)}>
            {title}
          </span>
        </span>
        {lines.slice(0, 3).map(l => {
          const n = book.wire.notices.find(x => x.name === l.notice);
          const said = n ? label(n.said) : l.notice;
          return (
            <span key={`${l.notice}${l.at}`} className={`said ${l.read ? '' : 'fresh'}`}>
              <span>{l.n > 1 ? t('inbox.times', { said, n: l.n }) : said}</span>{' '}
              <small>
                {l.inside && <>{t('inbox.inside')} · </>}
                {l.who.map(w => w || t('app.someone')).join(', ') || t('app.system')} · <Ago at={l.at} />
              </small>
            </span>
          );
        })}
        <span className="threadfoot">
          <span className="num">{th.number}</span>
          {!portal && priority && th.priority !== undefined && <Show kind={k} field={priority} value={th.priority} link={false} />}
          {!portal && th.state && <StateMark kind={k} state={th.state} />}
          {(th.more || lines.length > 3) && <span>{t('inbox.older')}</span>}
        </span>
      </Link>
      <span className="threadacts">
        <IconButton icon={th.unread ? 'check' : 'eye'} className="small" label={t(th.unread ? 'inbox.read' : 'inbox.unseen')} onClick={onToggle} />
        {onMute && <IconButton icon="bell" className="small mute" label={t(muted ? 'inbox.unmute' : 'inbox.mute')} aria-pressed={muted} onClick={onMute} />}
      </span>
    </li>
  );
};
