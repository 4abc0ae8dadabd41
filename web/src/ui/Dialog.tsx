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
    <Modal.Root opened={open} onClose={close} size={size} yOffset="9vh" transitionProps={{ duration: 0 }} lockScroll={false} returnFocus>
      <Modal.Overlay />
      <Modal.Content>
        {/* No header element: outside the page's own landmarks it would count as a second banner. */}
        <div className="mantine-Modal-header">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('app.close')} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
};
