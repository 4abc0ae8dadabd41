// Records that may be about the same, those that were resolved first with how, and articles that
// may help. Where there are none, there is nothing.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { post } from '../api/client';
import { faultOf } from '../api/fault';
import { refresh, useLinks, useSimilar } from '../api/queries';
import type { Alike, Kind, Rec } from '../api/types';
import { useBook } from '../book';
import { useSay } from '../i18n';
import { langOf } from '../text';
import { Button } from '../ui/Button';
import { StateMark } from '../ui/marks';
import { Menu } from '../ui/Menu';
import { toast } from '../ui/toast';

type Props = { kind: Kind; rec: Rec; id: string };

export const Similar = ({ kind: k, rec, id }: Props) => {
  const { t, label, lang } = useSay();
  const all = useSimilar(k, id).data ?? [];
  const same = all.filter(a => a.kind === k.name);
  const articles = all.filter(a => a.kind !== k.name);
  return (
    <>
      {same.length > 0 && <List title={t('similar.title', { kind: lang === 'en' ? label(k.label_plural).toLowerCase() : label(k.label_plural) })} list={same} kind={k} rec={rec} id={id} />}
      {articles.length > 0 && <List title={t('similar.articles')} list={articles} kind={k} rec={rec} id={id} />}
    </>
  );
};

const List = ({ title, list, kind: k, rec, id }: Props & { title: string; list: Alike[] }) => {
  const { t, label } = useSay();
  const book = useBook();
  const linked = new Set((useLinks(k, id).data ?? []).map(l => l.record.id));
  return (
    <section className="sect">
      <h2>
        {title} <span className="dim num">{list.length}</span>
      </h2>
      <ul className="alike">
        {list.map(a => {
          const of = book.kinds.get(a.kind);
          if (!of) return null;
          return (
            <li key={a.id}>
              <div className="alikeline">
                <Link to="/$plural/$key" params={{ plural: of.plural, key: a.number || a.id }} className="ref">
                  <span className="num idn">{a.number} </span>
                  <span lang={langOf(a.title)}>{a.title}</span>
                </Link>
                {a.state && <StateMark kind={of} state={a.state} />}
                {a.same.map(n => (
                  <span key={n} className="chip">
                    {t('similar.same', { field: label(book.field(of, n)?.label) })}
                  </span>
                ))}
                {rec.can.verbs.includes('link') && !linked.has(a.id) && <Tie kind={k} rec={rec} id={id} to={a} />}
              </div>
              {a.resolution && (
                <p className="how" lang={langOf(a.resolution)} title={a.resolution}>
                  <span className="dim">{t('similar.how')}:</span> {a.resolution}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
};

// Tie links the record to one that is alike: as a duplicate in one click where there is such a
// relation, or by another one.
const Tie = ({ kind: k, rec, id, to }: Props & { to: Alike }) => {
  const { t, label } = useSay();
  const [busy, setBusy] = useState(false);
  const types = k.links.filter(l => l.to.includes(to.kind));
  const duplicate = types.find(l => l.name.startsWith('duplicate'));
  const link = async (type: string): Promise<void> => {
    setBusy(true);
    try {
      await post('/links', { type, from: { kind: k.name, id: rec.id }, to: { kind: to.kind, id: to.id } });
      toast(t('similar.done', { number: to.number }));
    } catch (e) {
      const f = faultOf(e);
      toast([f.message, ...f.fields.map(x => x.message), ...f.guards.map(g => g.message)].filter((m, i, l) => l.indexOf(m) === i).join(' '), 'bad');
    } finally {
      setBusy(false);
      refresh(k.name, [id, rec.id]);
    }
  };
  if (!types.length) return null;
  return (
    <span className="tie">
      {duplicate && (
        <Button className="mini" busy={busy} onClick={() => void link(duplicate.name)}>
          {label(duplicate.label)}
        </Button>
      )}
      {types.length > (duplicate ? 1 : 0) && (
        <Menu
          label={t('similar.linkto', { number: to.number })}
          align="end"
          target={
            <Button className="mini" icon="link" aria-label={t('similar.linkto', { number: to.number })}>
              {t('similar.link')}
            </Button>
          }
          items={types.filter(l => l !== duplicate).map(l => ({ key: l.name, label: label(l.label), onPick: () => void link(l.name) }))}
        />
      )}
    </span>
  );
};
