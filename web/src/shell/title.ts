import { useEffect } from 'react';

// useTitle names the tab; numbers first, so that they can be told apart when tabs are narrow.
export const useTitle = (title: string): void => {
  useEffect(() => {
    document.title = title ? `${title} · Maru` : 'Maru';
  }, [title]);
};
