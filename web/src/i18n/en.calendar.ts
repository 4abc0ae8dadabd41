// Words of the calendar of a list, loaded with it.
import type { Word } from './index';
import type { words as ko } from './ko.calendar';

export const words: Record<keyof typeof ko, Word> = {
  'calendar.by': 'Dates by',
  'calendar.pair': '{begin} – {end}',
  'calendar.prev': 'Previous month',
  'calendar.next': 'Next month',
  'calendar.today': 'Today',
  'calendar.month': 'Month',
  'calendar.agenda': 'Agenda',
  'calendar.how': 'Form of the calendar',
  'calendar.enter': 'To the calendar',
  'calendar.title': 'Calendar of {name}: {month}',
  'calendar.count': { one: '{n} record', other: '{n} records' },
  'calendar.more': '+{n} more',
  'calendar.none': 'No record has “{field}” in this month.',
  'calendar.none.day': 'There are no records on this day.',
  'calendar.cut': '{shown} of {total} are shown. What begins after {date} is missing: narrow the filter.',
  'calendar.since': 'since {from}',
  'calendar.range': '{from} – {to}',
  'calendar.move': 'Move {name} to another date',
  'calendar.moveto': 'Move to…',
  'calendar.to': 'New date',
  'calendar.go': 'Move',
  'calendar.moved': '{name} moved to {date}',
  'calendar.derived': '“{field}” follows from other values, so it cannot be moved here.',
  'calendar.fixed': '“{field}” is set once and does not change.',
  'calendar.forbidden': '{name}: changing “{field}” is not yours to do.',
  'calendar.elsewhere': '{name}: somebody else changed the date meanwhile. It is shown where it is now.',
  'calendar.refused': '{name} could not be moved. {why}',
};
