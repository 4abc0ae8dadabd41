import type { ComponentPropsWithRef, ReactNode } from 'react';
import { face } from '../keys';
import { Icon, type IconName } from './Icon';

type ButtonProps = ComponentPropsWithRef<'button'> & { look?: 'plain' | 'primary' | 'quiet' | 'danger'; icon?: IconName; busy?: boolean };

export const Button = ({ look = 'plain', icon, busy = false, children, className = '', disabled, ...rest }: ButtonProps) => (
  <button type="button" className={`btn ${look} ${className}`} disabled={disabled} aria-busy={busy || undefined} aria-disabled={busy || undefined} {...rest} onClick={busy ? undefined : rest.onClick}>
    {icon && <Icon name={icon} />}
    {children}
  </button>
);

type IconButtonProps = ComponentPropsWithRef<'button'> & { icon: IconName; label: string };

// An IconButton says what it does to those who cannot see it, and on hover to those who can.
export const IconButton = ({ icon, label, className = '', ...rest }: IconButtonProps) => (
  <button type="button" className={`ib ${className}`} aria-label={label} title={label} {...rest}>
    <Icon name={icon} />
  </button>
);

export const Kbd = ({ keys }: { keys: string }) => (
  <span className="keys" aria-hidden="true">
    {face(keys).map(k => (
      <kbd key={k}>{k}</kbd>
    ))}
  </span>
);

export const Note = ({ tone = 'info', children, role }: { tone?: 'info' | 'warn' | 'bad' | 'good'; children: ReactNode; role?: 'alert' | 'status' }) => (
  <div className={`notice ${tone}`} role={role}>
    <Icon name={tone === 'good' ? 'check' : 'warn'} />
    <div>{children}</div>
  </div>
);
