// For whom something that somebody made is: for themselves, a group of theirs, or everyone.
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { get } from '../api/client';
import type { Kind, Page } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { FieldRow } from '../ui/Field';

export type Audience = { audience: string; group: string | null };

// useAudience gives what is chosen and the part of a form that asks for it. A group is offered to those
// who are in one, and to whoever has it already where asGroup says so.
export const useAudience = (k: Kind, start: { audience: string; group: string; asGroup?: boolean }): { audience: Audience; part: ReactNode } => {
  const { label } = useSay();
  const book = useBook();
  const groups = useQuery({ queryKey: ['pick', 'group', 'mine'], queryFn: ({ signal }) => get<Page>('/groups', { filter: 'id in my_groups', fields: 'name', order: 'name', limit: 100 }, signal) });
  const [audience, setAudience] = useState(start.audience);
  const [group, setGroup] = useState(start.group);
  const choices = (book.field(k, 'audience')?.choices ?? []).filter(c => c.code !== 'group' || (groups.data?.items.length ?? 0) > 0 || start.asGroup);
  const chosen = group || groups.data?.items[0]?.id || null;
  const part = (
    <>
      <fieldset className="checks">
        <legend>{label(book.field(k, 'audience')?.label)}</legend>
        {choices.map(c => (
          <label key={c.code}>
            <input type="radio" name="audience" value={c.code} checked={audience === c.code} onChange={() => setAudience(c.code)} /> {label(c.label)}
          </label>
        ))}
      </fieldset>
      {audience === 'group' && (
        <FieldRow label={label(book.field(k, 'group')?.label)}>
          {ids => (
            <select className="inp" id={ids.id} value={chosen ?? ''} onChange={e => setGroup(e.currentTarget.value)}>
              {(groups.data?.items ?? []).map(g => (
                <option key={g.id} value={g.id}>
                  {String(g['name'])}
                </option>
              ))}
            </select>
          )}
        </FieldRow>
      )}
    </>
  );
  return { audience: audience === 'group' ? { audience, group: chosen } : { audience, group: null }, part };
};
