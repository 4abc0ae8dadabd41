import { Menu as Kit } from '@mantine/core';
import { Icon } from './Icon';
import type { ReactElement, ReactNode } from 'react';

export type MenuItem = { label: ReactNode; onPick: () => void; icon?: ReactNode; end?: ReactNode; checked?: boolean; many?: boolean; disabled?: boolean; key?: string } | { title: string } | 'line';

type Props = { target: ReactElement; items: MenuItem[]; label: string; align?: 'start' | 'end'; side?: 'bottom' | 'right' | 'top'; open?: boolean; onOpen?: (open: boolean) => void; width?: number; scroll?: boolean; keep?: boolean };

// The kit calls every item a menuitem, whatever it is given; what can be ticked says so here.
const as = (role: string) => (e: HTMLElement | null) => e?.setAttribute('role', role);
const [asBox, asRadio] = [as('menuitemcheckbox'), as('menuitemradio')];

// A Menu opens a list of things to do; choices in it are marked with a tick.
export const Menu = ({ target, items, label, align = 'start', side = 'bottom', open, onOpen, width, scroll, keep }: Props) => (
  <Kit closeOnItemClick={!keep} position={`${side}-${align}`} transitionProps={{ duration: 0 }} offset={4} {...(open === undefined ? {} : { opened: open })} {...(onOpen ? { onChange: onOpen } : {})} {...(width ? { width } : {})}>
    <Kit.Target>{target}</Kit.Target>
    <Kit.Dropdown aria-label={label} {...(scroll ? { mah: 420, style: { overflow: 'auto' } } : {})}>
      {items.map((it, i) =>
        it === 'line' ? (
          <Kit.Divider key={`line${i}`} />
        ) : 'title' in it ? (
          <Kit.Label key={`title${it.title}`}>{it.title}</Kit.Label>
        ) : (
          <Kit.Item
            key={it.key ?? `item${i}`}
            onClick={it.onPick}
            leftSection={it.icon ?? (it.many ? <span className="tick">{it.checked && <Icon name="check" size={14} />}</span> : undefined)}
            rightSection={it.end ?? (it.checked && !it.many ? <Icon name="check" size={14} /> : undefined)}
            {...(it.disabled ? { disabled: true } : {})}
            {...(it.checked === undefined ? {} : { ref: it.many ? asBox : asRadio, 'aria-checked': it.checked, 'data-checked': it.checked })}
          >
            {it.label}
          </Kit.Item>
        ),
      )}
    </Kit.Dropdown>
  </Kit>
);
