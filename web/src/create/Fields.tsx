import { useBook } from '../book';
import type { Field, Kind, Value } from '../api/types';
import { FieldInput } from '../fields/Input';
import { useSay } from '../i18n';
import { FieldRow } from '../ui/Field';
import type { Errors } from './useCreate';

type Props = { kind: Kind; fields: Field[]; values: Record<string, Value>; errors: Errors; onChange: (name: string, v: Value) => void; focus?: string | undefined; required?: string[]; rec?: Record<string, Value> };

// FormFields draws the inputs of some fields; long text takes the whole width.
export const FormFields = ({ kind, fields, values, errors, onChange, focus, required = [], rec }: Props) => {
  const { label } = useSay();
  const book = useBook();
  const title = book.title(kind)?.name;
  return fields.map(f => (
    <FieldRow key={f.name} label={label(f.label)} required={f.required || required.includes(f.name)} error={errors[f.name]} beside={f.type === 'bool'} wide={f.type === 'rich_text' || f.name === title || f.type === 'json'}>
      {ids => (
        <FieldInput
          kind={kind}
          field={f}
          value={values[f.name] ?? (f.default !== undefined && f.choices ? f.default : null)}
          beside={rec ? { ...rec, ...values } : values}
          onChange={v => onChange(f.name, v)}
          label={label(f.label)}
          id={ids.id}
          describedBy={ids.describedBy}
          invalid={ids.invalid}
          autoFocus={focus === f.name}
        />
      )}
    </FieldRow>
  ));
};
