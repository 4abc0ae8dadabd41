// Administration: what a person in charge looks after, on pages of its own.
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Kind } from '../api/types';
import { useBook } from '../book';
import { useSay, type Key } from '../i18n';
import { useTitle } from '../shell/title';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { toast } from '../ui/toast';
import { usePlaces, type Place } from './data';
import './admin.css';

const groups: Key[] = ['admin.people', 'admin.shape', 'admin.machine'];

const useName = (): ((p: Place) => string) => {
  const { t, label } = useSay();
  const book = useBook();
  return p => ('to' in p && p.title ? t(p.title) : label(book.kinds.get(p.kind ?? '')?.label_plural));
};

export const AdminPage = () => {
  const { t } = useSay();
  const name = useName();
  const places = usePlaces();
  const path = useRouterState({ select: s => s.location.pathname });
  return (
    <div className="admin">
      <nav className="adminnav" aria-label={t('admin.title')}>
        {groups.map(g => {
          const own = places.filter(p => p.group === g);
          return (
            own.length > 0 && (
              <div key={g}>
                <h2>{t(g)}</h2>
                <ul>
                  {own.map(p =>
                    'to' in p ? (
                      <li key={p.to}>
                        <Link to={p.to} className={`siderow ${path === p.to ? 'active' : ''}`} aria-current={path === p.to ? 'page' : undefined}>
                          {name(p)}
                        </Link>
                      </li>
                    ) : (
                      <li key={p.plural}>
                        <Link to="/$plural" params={{ plural: p.plural }} search={{}} className="siderow">
                          <span className="txt">{name(p)}</span>
                          <Icon name="list" size={14} />
                        </Link>
                      </li>
                    ),
                  )}
                </ul>
              </div>
            )
          );
        })}
      </nav>
      <Outlet />
    </div>
  );
};

// Page is the frame of one page of administration, called by its kind where it looks after one.
export const Page = ({ title, kind, lead, actions, children }: { title?: Key; kind?: Kind | undefined; lead: Key; actions?: ReactNode; children: ReactNode }) => {
  const { t, label } = useSay();
  const name = title ? t(title) : label(kind?.label_plural);
  useTitle(name);
  return (
    <main id="main" className="page" tabIndex={-1}>
      <div className="phead">
        <h1>{name}</h1>
        <span className="dim">{t(lead)}</span>
        <span className="grow" />
        {actions}
      </div>
      <div className="pagebody" tabIndex={0} role="region" aria-label={name}>
        {children}
      </div>
    </main>
  );
};

export const Overview = () => {
  const { t } = useSay();
  const name = useName();
  const places = usePlaces();
  return (
    <Page title="admin.title" lead="admin.lead">
      <ul className="admincards">
        {places.map(p =>
          'to' in p ? (
            <li key={p.to}>
              <Link to={p.to}>
                <b>{name(p)}</b>
                <span>{t(p.lead)}</span>
              </Link>
            </li>
          ) : (
            <li key={p.plural}>
              <Link to="/$plural" params={{ plural: p.plural }} search={{}}>
                <b>{name(p)}</b>
                <span>{t('admin.aslist')}</span>
              </Link>
            </li>
          ),
        )}
      </ul>
    </Page>
  );
};

// Secret shows once what cannot be shown again, and closes when it has been kept.
export const Secret = ({ text, help, done, onClose }: { text: string; help: Key; done: Key; onClose: () => void }) => {
  const { t } = useSay();
  return (
    <div className="form">
      <div className="secret" role="status">
        <p>{t(help)}</p>
        <span className="pair2">
          <input className="inp mono" readOnly value={text} aria-label={t('admin.secret')} onFocus={e => e.currentTarget.select()} />
          <Copy text={text} />
        </span>
      </div>
      <div className="formend">
        <span className="grow" />
        <Button look="primary" onClick={onClose}>
          {t(done)}
        </Button>
      </div>
    </div>
  );
};

const Copy = ({ text }: { text: string }) => {
  const { t } = useSay();
  return (
    <button type="button" className="btn plain" onClick={() => void navigator.clipboard?.writeText(text).then(() => toast(t('app.copied')))}>
      <Icon name="copy" /> {t('admin.copy')}
    </button>
  );
};
