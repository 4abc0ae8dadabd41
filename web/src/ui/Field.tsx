import { useId, type ReactNode } from 'react';
import { useSay } from '../i18n';

type Props = { label: string; required?: boolean; error?: string | undefined; help?: string | undefined; wide?: boolean; beside?: boolean; children: (ids: { id: string; describedBy: string | undefined; invalid: boolean }) => ReactNode };

// A Field joins a label, an input, a help line and what is wrong with it, where it is wrong.
export const FieldRow = ({ label, required, error, help, wide, beside, children }: Props) => {
  const id = useId();
  const { t } = useSay();
  const describedBy = [error && `${id}-e`, help && `${id}-h`].filter(Boolean).join(' ') || undefined;
  return (
    <div className={`fld ${wide ? 'wide' : ''} ${error ? 'bad' : ''} ${beside ? 'beside' : ''}`}>
      <label htmlFor={id} id={`${id}-l`}>
        {label}
        {required && (
          <span className="req" title={t('app.required')}>
            {' '}
            *<span className="sr"> ({t('app.required')})</span>
          </span>
        )}
      </label>
      {children({ id, describedBy, invalid: Boolean(error) })}
      {error && (
        <p className="err" id={`${id}-e`}>
          {error}
        </p>
      )}
      {help && (
        <p className="help" id={`${id}-h`}>
          {help}
        </p>
      )}
    </div>
  );
};
