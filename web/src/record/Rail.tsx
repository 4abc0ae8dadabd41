// The lifecycle rail: where a record is, where it has been, and where it can go from here.
import type { Kind, Move, Rec, Step } from '../api/types';
import { useSay } from '../i18n';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { tone } from '../book';

// states lists what the rail shows: the way through, and a side exit only when it was taken.
const states = (k: Kind, now: string) => {
  const all = k.life?.states ?? [];
  const end = all.find(s => s.final)?.name;
  return all.filter(s => !s.final || s.name === end || s.name === now).filter(s => !(s.final && s.name === end && all.some(x => x.final && x.name === now && x.name !== end)));
};

// visited reads from the history where a record has been.
const visited = (history: Step[] | undefined): Set<string> => {
  const out = new Set<string>();
  for (const s of history ?? []) for (const f of s.fields ?? []) if (f.field === 'state' && typeof f.new === 'string') out.add(f.new);
  return out;
};

// shown parts the moves: those that belong to this state are buttons, those that are open from
// nearly everywhere are only in the menu, which has them all. Of the buttons the last that leads on is
// the main one; the way back is never.
export const shown = (k: Kind, rec: Rec): { buttons: Move[]; rest: Move[]; main: Move | undefined } => {
  const moves = rec.can.moves.flatMap(n => k.life?.moves.find(m => m.name === n) ?? []);
  const own = moves.filter(m => m.to && m.from.length > 0 && m.from.length < 3).slice(0, 3);
  const order = k.life?.states.map(s => s.name) ?? [];
  const at = order.indexOf(rec.state ?? '');
  const on = own.filter(m => order.indexOf(m.to ?? '') > at);
  const main = on.at(-1);
  return { buttons: [...own.filter(m => m !== main), ...(main ? [main] : [])], rest: moves.filter(m => !own.includes(m)), main };
};

type Props = { kind: Kind; rec: Rec; history: Step[] | undefined; onMove: (m: Move) => void; menu: boolean; onMenu: (open: boolean) => void };

export const Rail = ({ kind: k, rec, history, onMove, menu, onMenu }: Props) => {
  const { t, label } = useSay();
  const been = visited(history);
  const { buttons, rest, main } = shown(k, rec);
  const item = (m: Move) => ({ key: m.name, label: label(m.label), onPick: () => onMove(m) });
  return (
    <div className="rail">
      <ol aria-label={t('record.life')}>
        {states(k, rec.state ?? '').map(s => {
          const now = s.name === rec.state;
          const past = been.has(s.name) && !now;
          return (
            <li key={s.name} className={`${now ? `now ${tone(k, s.name)}` : past ? 'past' : ''}`} aria-current={now ? 'step' : undefined}>
              {label(s.label)}
              {past && <span className="sr"> ({t('record.state.past')})</span>}
            </li>
          );
        })}
      </ol>
      <div className="acts" role="group" aria-label={t('record.moves')}>
        {buttons.map(m => (
          <Button key={m.name} look={m === main ? 'primary' : 'plain'} onClick={() => onMove(m)}>
            {label(m.label)}
          </Button>
        ))}
        {buttons.length + rest.length > 0 && (
          <Menu
            label={t('record.moves.more')}
            align="end"
            open={menu}
            onOpen={onMenu}
            target={
              <Button aria-label={t('record.moves.more')} title={t('record.moves.more')}>
                <Icon name="more" />
              </Button>
            }
            items={[...buttons.toReversed().map(item), ...(buttons.length && rest.length ? ['line' as const] : []), ...rest.map(item)]}
          />
        )}
      </div>
    </div>
  );
};
