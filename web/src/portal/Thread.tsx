// The conversation: one's own words on the right, the desk's on the left, what happened in small lines.
// Nothing internal is drawn, whoever looks: an agent sees here what the requester sees.
import { useMemo } from 'react';
import type { Attachment, Comment, Kind, Rec, Step } from '../api/types';
import { useMe } from '../api/queries';
import { tone, type Tone } from '../book';
import { Ago, Person } from '../fields/Show';
import { useSay } from '../i18n';
import { Said } from '../record/Said';
import { pictures } from '../record/useDrop';
import { langOf } from '../text';
import { Icon } from '../ui/Icon';
import { Named } from './Named';
import { useStepWord } from './words';

type Entry = { at: string; key: string } & ({ said: string; by: string | undefined } | { file: Attachment } | { state: string; tone: Tone } | { taken: string });

// lines reads from the history what concerns the requester: how far it came, and who took it.
const lines = (k: Kind, history: Step[]): Entry[] => {
  const out: Entry[] = [];
  let last: Tone | undefined;
  for (const s of history)
    for (const f of s.fields ?? []) {
      if (f.field === 'state' && typeof f.new === 'string') {
        const now = tone(k, f.new);
        if (now !== last) out.push({ at: s.at, key: `${s.hash}s`, state: f.new, tone: now });
        last = now;
      } else if (f.field === 'assignee' && typeof f.new === 'string') out.push({ at: s.at, key: `${s.hash}a`, taken: f.new });
    }
  return out;
};

type Props = { kind: Kind; rec: Rec; comments: Comment[]; history: Step[]; files: Attachment[]; loading: boolean };

export const Thread = ({ kind: k, rec, comments, history, files, loading }: Props) => {
  const { t } = useSay();
  const me = useMe().data?.id;
  const word = useStepWord();
  const list = useMemo(() => {
    const first = rec['description'];
    const out: Entry[] = [
      ...lines(k, history),
      ...(typeof first === 'string' && first ? [{ at: rec.created_at, key: 'first', said: first, by: String(rec['requester'] ?? rec['opened_by'] ?? '') }] : []),
      ...comments.filter(c => !c.internal).map(c => ({ at: c.at, key: c.id, said: c.body, by: c.author })),
      ...files.filter(f => !f.internal).map(f => ({ at: f.at, key: f.id, file: f })),
    ];
    return out.map((e, i) => ({ e, i })).sort((a, b) => (a.e.at < b.e.at ? -1 : a.e.at > b.e.at ? 1 : a.i - b.i)).map(x => x.e);
  }, [k, rec, comments, history, files]);
  return (
    <section aria-label={t('portal.thread')}>
      <h2 className="sr">{t('portal.thread')}</h2>
      {loading && <p className="dim">{t('app.loading')}…</p>}
      <ol className="pthread">
        {list.map(e => {
          if ('state' in e)
            return (
              <li key={e.key} className="line">
                {e.tone === 'active' ? t('portal.line.active') : word(k, { state: e.state })} · <Ago at={e.at} />
              </li>
            );
          if ('taken' in e)
            return (
              <li key={e.key} className="line">
                <Named id={e.taken} say="portal.line.taken" /> · <Ago at={e.at} />
              </li>
            );
          const by = 'file' in e ? e.file.author : e.by;
          const own = by === me;
          return (
            <li key={e.key} className={own ? 'own' : 'desk'}>
              <span className="who">
                {own ? t('portal.me') : by ? <Person id={by} /> : t('portal.desk')} · <Ago at={e.at} />
              </span>
              {'file' in e ? (
                <FileBubble kind={k} rec={rec} file={e.file} />
              ) : (
                <div className="bub" lang={langOf(e.said)}>
                  <Said text={e.said} />
                </div>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
};

const FileBubble = ({ kind: k, rec, file: f }: { kind: Kind; rec: Rec; file: Attachment }) => {
  const { size } = useSay();
  const href = `/api/v1/${k.plural}/${rec.id}/attachments/${f.id}`;
  const picture = pictures.has(f.type);
  return (
    <a className="bub pfile" href={href} {...(picture ? { target: '_blank', rel: 'noopener' } : { download: f.name })}>
      {picture ? <img src={href} alt="" loading="lazy" /> : <Icon name="clip" />}
      <span>
        {f.name} <small className="num">{size(f.size)}</small>
      </span>
    </a>
  );
};
