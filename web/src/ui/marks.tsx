// Marks: colour only for meaning, and every meaning with a shape of its own.
import type { ReactNode } from 'react';
import { tone, useBook } from '../book';
import type { Kind } from '../api/types';
import { useSay } from '../i18n';
import { Icon, type IconName } from './Icon';

export const StateMark = ({ kind, state }: { kind: Kind; state: string }) => {
  const { label } = useSay();
  const s = kind.life?.states.find(x => x.name === state);
  return (
    <span className={`state ${tone(kind, state)}`}>
      <i aria-hidden="true" />
      {s ? label(s.label) : state}
    </span>
  );
};

// PriorityMark draws as many bars as it is urgent; the first priority is filled.
export const PriorityMark = ({ level, text }: { level: number; text: string }) => (
  <span className={`prio p${level}`}>
    <svg width="14" height="12" viewBox="0 0 14 12" aria-hidden="true">
      {[0, 1, 2, 3].map(i => (
        <rect key={i} x={i * 3.6} y={9 - i * 3} width="2.6" height={3 + i * 3} rx=".6" fill="currentColor" opacity={i < 5 - level ? 1 : 0.22} />
      ))}
    </svg>
    {text}
  </span>
);

export const StageMark = ({ stage }: { stage: string }) => {
  const { wire } = useBook();
  return <i className="stage" style={{ background: `var(--c${(wire.stages.findIndex(s => s.name === stage) % 6) + 1})` }} aria-hidden="true" />;
};

export const Chip = ({ children, tone: t = '' }: { children: ReactNode; tone?: string }) => <span className={`chip ${t}`}>{children}</span>;

export const Empty = ({ title, help, icon = 'list', children }: { title: string; help?: string; icon?: IconName; children?: ReactNode }) => (
  <div className="empty">
    <Icon name={icon} size={28} />
    <p className="emptytitle">{title}</p>
    {help && <p>{help}</p>}
    {children}
  </div>
);

export const Avatar = ({ name }: { name: string }) => (
  <span className="avatar" aria-hidden="true">
    {[...name.trim()][0]?.toUpperCase() ?? '?'}
  </span>
);
