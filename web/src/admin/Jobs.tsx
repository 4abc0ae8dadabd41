// What Maru does by itself: when each job ran and what it came to; what failed for good waits here.
import { useQuery } from '@tanstack/react-query';
import { call, get, post } from '../api/client';
import { faultOf } from '../api/fault';
import { useMe } from '../api/queries';
import { read } from '../fields/duration';
import { Ago } from '../fields/Show';
import { useSay } from '../i18n';
import { useNow } from '../now';
import { Button, Note } from '../ui/Button';
import { Page } from './Admin';
import { useAdministration, useDo, type DeadLetter, type JobStatus } from './data';

export const JobsPage = () => {
  const { t } = useSay();
  const names = useAdministration();
  const jobs = useQuery({ queryKey: ['admin', 'jobs'], queryFn: ({ signal }) => get<{ items: JobStatus[]; dead: DeadLetter[] }>('/jobs', {}, signal), refetchInterval: 15_000 });
  const label = useSay().label;
  const name = (n: string): string => label(names.data?.jobs.find(j => j.name === n)?.label) || n;
  const dead = jobs.data?.dead ?? [];
  return (
    <Page title="admin.jobs" lead="admin.jobs.lead">
      {jobs.error && <Note tone="bad">{faultOf(jobs.error).message}</Note>}
      {dead.length > 0 && (
        <section className="sect dead">
          <h2>
            {t('admin.jobs.dead')} <span className="dim num">{dead.length}</span>
          </h2>
          <ul>
            {dead.map(d => (
              <Dead key={d.id} dead={d} name={name(d.name)} />
            ))}
          </ul>
        </section>
      )}
      {jobs.isSuccess && dead.length === 0 && <Note tone="good">{t('admin.jobs.nodead')}</Note>}
      <table className="atable">
        <thead>
          <tr>
            <th scope="col">{t('admin.jobs.job')}</th>
            <th scope="col">{t('admin.jobs.every')}</th>
            <th scope="col">{t('admin.jobs.last')}</th>
            <th scope="col">{t('admin.jobs.took')}</th>
            <th scope="col">{t('admin.jobs.result')}</th>
            <th scope="col">{t('admin.jobs.next')}</th>
            <th scope="col">{t('admin.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {(jobs.data?.items ?? []).map(j => (
            <Line key={j.name} job={j} name={name(j.name)} />
          ))}
        </tbody>
      </table>
    </Page>
  );
};

const Line = ({ job: j, name }: { job: JobStatus; name: string }) => {
  const say = useSay();
  const { t } = say;
  const now = useNow();
  const me = useMe().data;
  const { run, busy } = useDo();
  const every = j.every ? (read(j.every) ?? 0) : 0;
  const next = j.ran_at && every ? Date.parse(j.ran_at) + every * 1000 : 0;
  const start = async (): Promise<void> => {
    await run(() => post<{ done: number }>(`/jobs/${j.name}/run`, {}), t('admin.jobs.ran', { name }));
  };
  return (
    <tr>
      <th scope="row">
        {name} <code>{j.name}</code>
      </th>
      <td className="nowrap">{every ? say.span(every) : t('admin.jobs.request')}</td>
      <td className="nowrap">{j.ran_at ? <Ago at={j.ran_at} /> : <span className="dim">{t('admin.jobs.notyet')}</span>}</td>
      <td className="num nowrap">{j.ran_at ? `${say.number(j.took_ms)} ms` : ''}</td>
      <td>
        {j.error ? (
          <span className="err">{j.error}</span>
        ) : j.ran_at ? (
          <>
            {t('admin.jobs.done', { n: j.report.done })}
            {j.report.failed > 0 && <span className="err"> · {t('admin.jobs.failed', { n: j.report.failed })}</span>}
            {j.report.note && <span className="dim"> · {j.report.note}</span>}
          </>
        ) : null}
      </td>
      <td className="nowrap">{next ? (next <= now ? t('admin.jobs.soon') : <time dateTime={new Date(next).toISOString()} title={say.exact(new Date(next).toISOString())}>{say.ago(new Date(next).toISOString(), now)}</time>) : <span className="dim">–</span>}</td>
      <td>
        {me?.roles.includes('admin') && (
          <Button className="mini" busy={busy} aria-label={`${t('admin.jobs.run')}: ${name}`} onClick={() => void start()}>
            {t('admin.jobs.run')}
          </Button>
        )}
      </td>
    </tr>
  );
};

const Dead = ({ dead: d, name }: { dead: DeadLetter; name: string }) => {
  const { t } = useSay();
  const me = useMe().data;
  const { run, busy } = useDo();
  return (
    <li>
      <div>
        <b>{name}</b> <span className="dim small"><Ago at={d.at} /></span>
        <pre>{d.error}</pre>
      </div>
      {me?.roles.includes('admin') && (
        <Button busy={busy} aria-label={`${t('admin.jobs.retry')}: ${name}`} onClick={() => void run(() => call('POST', `/jobs/${d.id}/retry`), t('admin.jobs.retried'))}>
          {t('admin.jobs.retry')}
        </Button>
      )}
    </li>
  );
};
