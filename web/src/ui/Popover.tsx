import { Popover as Kit } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

type Props = { open: boolean; onClose: () => void; target: ReactElement; children: ReactNode; label: string; width?: number };

// A Popover is a small form beside what it belongs to.
export const Popover = ({ open, onClose, target, children, label, width = 300 }: Props) => (
  <Kit opened={open} onChange={o => (o ? undefined : onClose())} position="bottom-start" width={width} trapFocus returnFocus transitionProps={{ duration: 0 }} offset={4}>
    <Kit.Target>{target}</Kit.Target>
    <Kit.Dropdown aria-label={label} role="dialog" onKeyDown={e => e.key === 'Escape' && onClose()}>
      {children}
    </Kit.Dropdown>
  </Kit>
);
