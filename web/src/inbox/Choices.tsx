// What one wants to be told of, and the records one has muted. The book says what there is.
import './inbox.css';
import { useState } from 'react';
import { faultOf } from '../api/fault';
import type { Notice } from '../api/types';
import { useBook } from '../book';
import { Name } from '../fields/Show';
import { useSay } from '../i18n';
import { useTitle } from '../shell/title';
import { Button } from '../ui/Button';
import { toast } from '../ui/toast';
import { useChoices, useMutes } from './data';

export const ChoicesPage = () => {
  const { t, label } = useSay();
  const name = label(useBook().home('mute')?.process.label);
  useTitle(name);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="phead">
        <h1>{name}</h1>
        <span className="dim">{t('inbox.lead')}</span>
      </div>
      <div className="pagebody narrowbody">
        <Choices link />
      </div>
    </main>
  );
};

export const PortalChoices = () => {
  const { t, label } = useSay();
  const name = label(useBook().home('mute')?.process.label);
  useTitle(name);
  return (
    <main id="main" className="pcol pmain" tabIndex={-1}>
      <h1>{name}</h1>
      <p className="plead">{t('inbox.lead')}</p>
      <Choices link={false} />
    </main>
  );
};

const Choices = ({ link }: { link: boolean }) => {
  const { t, label } = useSay();
  const book = useBook();
  const mutes = useMutes();
  // What is for one kind stands under its name, the rest under all work.
  const groups = new Map<string, Notice[]>();
  for (const n of book.wire.notices) {
    const of = n.name.includes('.') ? (n.name.split('.')[0] ?? '') : '';
    groups.set(of, [...(groups.get(of) ?? []), n]);
  }
  return (
    <>
      {[...groups].map(([of, list]) => (
        <section key={of} className="sect choices">
          <h2>{of ? label(book.kinds.get(of)?.label) || label(book.kinds.get(list[0]?.kinds[0] ?? '')?.label) : t('inbox.every')}</h2>
          <ul>
            {list.map(n => (
              <Choice key={n.name} notice={n} />
            ))}
          </ul>
        </section>
      ))}
      <section className="sect choices">
        <h2>{t('inbox.mutes')}</h2>
        {mutes.ready && mutes.muted.length === 0 && <p className="dim">{t('inbox.mutes.none')}</p>}
        <ul>
          {mutes.muted.map(r => (
            <li key={r.id}>
              <Name kind={String(r['on'])} id={String(r['subject'])} link={link} />
              <Button onClick={() => void mutes.set({ kind: String(r['on']), id: String(r['subject']) }, false).catch((e: unknown) => toast(faultOf(e).message, 'bad'))}>{t('inbox.unmute')}</Button>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
};

const Choice = ({ notice: n }: { notice: Notice }) => {
  const { label } = useSay();
  const choices = useChoices();
  const [going, setGoing] = useState<boolean | null>(null); // what was just chosen, until the server knows
  const set = async (wanted: boolean): Promise<void> => {
    if (going !== null) return;
    setGoing(wanted);
    await choices.set(n.name, wanted).catch((e: unknown) => toast(faultOf(e).message, 'bad'));
    setGoing(null);
  };
  return (
    <li>
      <label>
        <input type="checkbox" checked={going ?? choices.wants(n.name)} disabled={!choices.ready} aria-busy={going !== null} onChange={e => void set(e.target.checked)} />
        <span>{label(n.label)}</span>
      </label>
    </li>
  );
};
