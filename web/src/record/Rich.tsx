import { Markdown } from '../ui/Markdown';
import { Said } from './Said';

const leaf = (text: string) => <Said text={text} />;

// Rich shows Markdown, with people and records as chips.
export const Rich = ({ text }: { text: string }) => <Markdown text={text} leaf={leaf} />;
