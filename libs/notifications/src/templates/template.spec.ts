import { describe, expect, it } from 'vitest';
import { render } from './template.js';
import { Templates } from './templates.js';

const HOSTILE = `<script>alert("1")</script> & 'x'`;
const ESCAPED = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;';

describe('render', () => {
  it('escapes values in HTML, and nowhere else', () => {
    const made = render(
      { title: 'Hi {{name}}', text: 'Dear {{ name }}', html: '<b title="{{name}}">{{name}}</b>' },
      { name: HOSTILE },
    );
    expect(made).toEqual({
      title: `Hi ${HOSTILE}`,
      text: `Dear ${HOSTILE}`,
      html: `<b title="${ESCAPED}">${ESCAPED}</b>`,
    });
  });

  it('makes the HTML of a template that has none, escaped as a whole', () => {
    expect(render({ title: 't', text: 'One & {{x}}\nmore\n\nTwo' }, { x: '<i>' }).html).toBe(
      '<p>One &amp; &lt;i&gt;<br>more</p>\n<p>Two</p>',
    );
  });

  it('never looks for places in a value, nor for values that were not given', () => {
    expect(
      render({ title: '{{a}}|{{constructor}}|{{toString}}|{{c}}', text: '' }, { a: '{{b}}', b: 'secret' }).title,
    ).toBe('{{b}}|||');
  });

  it('keeps a title on one line, and control characters out', () => {
    expect(render({ title: '{{t}}', text: '{{t}}' }, { t: 'Hi\r\nBcc: eve@example.org\u0000\u001b[2J' })).toMatchObject(
      { title: 'Hi Bcc: eve@example.org[2J', text: 'Hi\nBcc: eve@example.org[2J' },
    );
    expect(render({ title: '{{t}}', text: '' }, { t: 'x'.repeat(1000) }).title).toHaveLength(200);
  });
});

describe('Templates', () => {
  it('takes the words of a deployment before its own, and those of a message for a kind that it does not know', () => {
    const templates = new Templates({
      message: { title: 'Mine', text: '{{text}}' },
      'order.shipped': { title: 'Order {{n}}', text: 'is on its way' },
    });
    expect(templates.render('order.shipped', { n: 7 }).title).toBe('Order 7');
    expect(templates.render('message', { title: 'x', text: 'y' }).title).toBe('Mine');
    expect(templates.render('unheard.of', { title: 'x', text: 'y' })).toMatchObject({ title: 'x', text: 'y' });
    expect([templates.has('chat.completed'), templates.has('constructor')]).toEqual([true, false]);
  });
});
