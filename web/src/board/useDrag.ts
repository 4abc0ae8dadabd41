// Dragging with the browser's own pointer events. A library would bring its keyboard mode and its
// announcements, which the arrow keys and the menu of every card already are, in the person's
// language. Fingers scroll; they move cards by the menu.
import { useCallback, useEffect, useRef, useState, type PointerEvent as Press } from 'react';

export type Drag<T> = { item: T; over: number | null };

const far = 6; // pixels until a press is a drag

// useDrag follows an item from press to release. Columns are elements with data-column.
export const useDrag = <T,>(onDrop: (item: T, column: number) => void) => {
  const [drag, setDrag] = useState<Drag<T> | null>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const at = useRef({ x: 0, y: 0 });
  const stop = useRef<(() => void) | undefined>(undefined);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  useEffect(() => () => stop.current?.(), []);
  const place = (): void => {
    if (ghost.current) ghost.current.style.transform = `translate(${at.current.x + 8}px, ${at.current.y + 8}px)`;
  };
  useEffect(place);
  const press = useCallback((e: Press<HTMLElement>, item: T): void => {
    if (e.button !== 0 || e.pointerType === 'touch' || (e.target instanceof Element && e.target.closest('button'))) return;
    const from = { x: e.clientX, y: e.clientY };
    const board = e.currentTarget.closest<HTMLElement>('[data-board]');
    let over: number | null = null;
    let on = false;
    let scroll = 0;
    const timer = setInterval(() => {
      if (on && scroll && board) board.scrollLeft += scroll;
    }, 16);
    const move = (m: PointerEvent): void => {
      at.current = { x: m.clientX, y: m.clientY };
      if (!on && Math.hypot(m.clientX - from.x, m.clientY - from.y) < far) return;
      const column = document.elementFromPoint(m.clientX, m.clientY)?.closest<HTMLElement>('[data-column]');
      const now = column ? Number(column.dataset['column']) : null;
      if (!on || now !== over) setDrag({ item, over: now });
      on = true;
      over = now;
      const box = board?.getBoundingClientRect();
      scroll = box ? (m.clientX > box.right - 48 ? 12 : m.clientX < box.left + 48 ? -12 : 0) : 0;
      place();
    };
    const key = (k: KeyboardEvent): void => {
      if (k.key !== 'Escape') return;
      k.preventDefault();
      k.stopPropagation();
      end();
    };
    const up = (): void => {
      const to = over;
      const moved = on;
      end();
      if (!moved) return;
      // The click that ends a drag opens nothing.
      const still = (c: Event): void => {
        c.preventDefault();
        c.stopPropagation();
      };
      addEventListener('click', still, { capture: true, once: true });
      setTimeout(() => removeEventListener('click', still, { capture: true }), 0);
      if (to !== null) drop.current(item, to);
    };
    const end = (): void => {
      clearInterval(timer);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', end);
      removeEventListener('keydown', key, { capture: true });
      stop.current = undefined;
      setDrag(null);
    };
    stop.current?.();
    stop.current = end;
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', end);
    addEventListener('keydown', key, { capture: true });
  }, []);
  return { drag, ghost, press };
};
