import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSay } from '../i18n';

type Props = { open: boolean; onClose: () => void; title: ReactNode; children: ReactNode; size?: number | string; guard?: (() => boolean) | undefined };

// A Dialog holds the focus until it is closed. guard may refuse Escape and a click beside it,
// so that what somebody wrote is not lost by a slip.
export const Dialog = ({ open, onClose, title, children, size = 560, guard }: Props) => {
  const { t } = useSay();
  const close = (): void => {
    if (!guard || guard()) onClose();
  };
  return (
    <Modal opened={open} onClose={close} title={title} size={size} centered={false} yOffset="9vh" transitionProps={{ duration: 0 }} lockScroll={false} closeButtonProps={{ 'aria-label': t('app.close') }} returnFocus>
      {children}
    </Modal>
  );
};
