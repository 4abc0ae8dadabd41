// A card: what one needs to choose the next piece of work, and since when it has stood here.
import { Link } from '@tanstack/react-router';
import { memo, type PointerEvent, type KeyboardEvent } from 'react';
import type { Kind, Row } from '../api/types';
import { called, useBook } from '../book';
import { Name, Show, isEmpty } from '../fields/Show';
import { useSay } from '../i18n';
import { useNow } from '../now';
import { langOf } from '../text';
import { IconButton } from '../ui/Button';

const Age = ({ at }: { at: string }) => {
  const say = useSay();
  const now = useNow();
  return (
    <time className="age num" dateTime={at} title={`${say.t('board.since')}\n${say.exact(at)}`}>
      <span className="sr">{say.t('board.since')} </span>
      {say.span(Math.max(0, (now - Date.parse(at)) / 1000))}
    </time>
  );
};

type FaceProps = { kind: Kind; row: Row; since: string | undefined; by: string };

// CardFace is what is on a card, also on the one in the hand.
export const CardFace = ({ kind: k, row: r, since, by }: FaceProps) => {
  const { t } = useSay();
  const book = useBook();
  const priority = by === 'priority' ? undefined : book.field(k, 'priority');
  const assignee = book.field(k, 'assignee');
  return (
    <div className="cardfoot">
      {priority && !isEmpty(r['priority']) && <Show kind={k} field={priority} value={r['priority']} />}
      {assignee && (
        <span className="who">
          {isEmpty(r['assignee']) ? <span className="dim">{t('board.nobody')}</span> : <Name kind="user" id={String(r['assignee'])} link={false} />}
        </span>
      )}
      <span className="grow" />
      {since && <Age at={since} />}
    </div>
  );
};

type Props = FaceProps & {
  focusable: boolean;
  ghostly: boolean; // in the hand, or on its way
  canMove: boolean;
  onPress: (e: PointerEvent<HTMLElement>, r: Row) => void;
  onKey: (e: KeyboardEvent<HTMLElement>, r: Row) => void;
  onMenu: (r: Row) => void;
};

export const Card = memo(({ kind: k, row: r, since, by, focusable, ghostly, canMove, onPress, onKey, onMenu }: Props) => {
  const { t } = useSay();
  const book = useBook();
  const title = called(k, r);
  const name = r.number || title;
  return (
    <li className={`card ${ghostly ? 'ghostly' : ''} ${canMove ? 'may' : ''}`} onPointerDown={e => canMove && onPress(e, r)}>
      <div className="cardhead">
        <Link to="/$plural/$key" params={{ plural: k.plural, key: book.key(r) }} className="cardlink" data-card={r.id} tabIndex={focusable ? 0 : -1} draggable={false} preload={false} onKeyDown={e => onKey(e, r)}>
          {r.number && <span className="idl num">{r.number}</span>} <span className="cardtitle" lang={langOf(title)}>{r.number && k.title === 'number' ? '' : title}</span>
        </Link>
        {canMove && <IconButton icon="more" label={t('board.move', { name })} className="tiny" tabIndex={focusable ? 0 : -1} data-cardmenu={r.id} aria-haspopup="dialog" onClick={() => onMenu(r)} />}
      </div>
      <CardFace kind={k} row={r} since={since} by={by} />
    </li>
  );
});
