// Words of major, loaded with its pages.
import type { Word } from './index';
import type { words as ko } from './ko.room';

export const words: Record<keyof typeof ko, Word> = {
  'room.title': '{number}: major-incident room',
  'room.running': 'Major incidents running now',
  'room.over': 'It is no major incident now, so it has no room.',
  'room.record': 'Open the record',
  'room.summary': 'Summary',
  'room.roles': 'Roles',
  'room.since': 'Running for',
  'room.next': 'Next update in',
  'room.next.late': 'Update overdue by',
  'room.next.none': 'not promised',
  'room.stream': 'Timeline',
  'room.stream.list': 'What happened, newest first',
  'room.task.new': 'New task',
  'room.task.done': 'done',
  'room.tasks.left': '{n} to do',
  'room.update.send': 'Send update',
  'room.big': 'Big screen',
  'room.big.end': 'Leave the big screen',
};
