// What a person may be about to name while they write, and how names become Markdown.

export type Sign = '@' | '#' | '/';
export type Trigger = { sign: Sign; query: string; from: number; to: number };

const signs = /(^|[\s([{'"])([@#/])([^\s@#/()[\]{}'"]{0,40})$/u;

// triggered tells what is being named at the caret: a sign at the start of a word, and what follows it.
export const triggered = (text: string, caret: number): Trigger | null => {
  const m = signs.exec(text.slice(Math.max(0, caret - 60), caret));
  if (!m) return null;
  const query = m[3] ?? '';
  return { sign: m[2] as Sign, query, from: caret - query.length - 1, to: caret };
};

export type Named = Record<string, string>; // name, as it stands in the text → id

// plainName is a name as it can stand in a text: brackets would end it early.
export const plainName = (name: string): string => name.replace(/[[\]\n@]/g, ' ').replace(/\s+/g, ' ').trim();

// withMentions turns @name into what the server reads, for the people that were picked. What the
// writer has changed since is text again. Code stays code.
export const withMentions = (text: string, who: Named): string => {
  const names = Object.keys(who).toSorted((a, b) => b.length - a.length);
  if (!names.length) return text;
  const any = new RegExp(`(\`[^\`\\n]*\`)|(^|[^[\\w@])@(${names.map(n => n.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})(?![A-Za-z0-9_])`, 'gm');
  let fenced = false;
  return text
    .split('\n')
    .map(line => {
      if (/^[ >]*```/.test(line)) fenced = !fenced;
      return fenced ? line : line.replace(any, (all, code: string | undefined, before: string, name: string) => (code ? all : `${before}[@${name}](user:${who[name]})`));
    })
    .join('\n');
};

// gapsIn gives the places of a canned response that are still to be filled in.
export const gapsIn = (text: string, gaps: string[]): string[] => gaps.filter(g => text.includes(g));
