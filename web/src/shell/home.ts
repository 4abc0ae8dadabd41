// Where somebody is at home, and where a console address lies in the portal.
import type { Me } from '../api/types';
import type { Book } from '../book';

const everyday = new Set(['end_user', 'approver', 'customer_rep']); // roles that nobody works a queue with

export const livesInPortal = (me: Me): boolean => me.roles.every(r => everyday.has(r));

// portalPath keeps the addresses that stand in mails good for everybody.
export const portalPath = (book: Book, path: string): string => {
  if (path === '/my/approvals') return '/portal/approvals';
  const [, plural = '', key = ''] = path.split('/');
  const k = book.plurals.get(plural);
  if (!k) return '/portal';
  if (!key) return k.views.some(v => v.name === 'mine') ? '/portal/requests' : '/portal';
  return key === 'new' ? `/portal/new/${plural}` : `/portal/${plural}/${key}`;
};
