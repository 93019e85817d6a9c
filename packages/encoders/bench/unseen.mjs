// How well use-lite-hash tells apart requests that use-lite cannot read, by the width of its hashed block, as one JSON document.
// Build first; then: node packages/encoders/bench/unseen.mjs
// Requests are put together from verbs (which make the intent), things and tails; the share of them whose intent is that of most of
// their 10 nearest others, weighted by cosine (leave-one-out). No outcome of a model is involved.
import { createEncoder } from '../dist/node.js';

const WIDTHS = [32, 64, 128, 256, 512, 1024];
const REQUESTS = 400;
const NEIGHBOURS = 10;

const SCRIPTS = {
  chinese: {
    intents: [
      ['计算', '求出', '算一算', '求'],
      ['翻译成英文', '译成法语', '翻译一下', '译为日语'],
      ['写一首诗', '写一篇短文', '创作故事', '写作文'],
      ['总结要点', '概括内容', '归纳大意', '提炼摘要'],
      ['调试代码', '修复程序', '改正脚本', '检查函数'],
    ],
    things:
      '公司年报 水果价格 这封信件 古代历史 三角形面积 旅行计划 利息总额 学校通知 天气变化 实验结果 会议记录 电影台词'.split(
        ' ',
      ),
    tails: '谢谢 请快一点 不用解释 简短回答 说明理由 要准确 并举例 请用中文回答'.split(' '),
    between: '，',
  },
  thai: {
    intents: [
      ['คำนวณ', 'หาผลรวม', 'บวกเลข'],
      ['แปลเป็นอังกฤษ', 'แปลข้อความ', 'ช่วยแปล'],
      ['เขียนบทกวี', 'แต่งเรื่องสั้น', 'เขียนเรียงความ'],
      ['สรุปใจความ', 'ย่อความ', 'สรุปเนื้อหา'],
    ],
    things: 'รายงานประจำปี ราคาผลไม้ จดหมายฉบับนี้ ประวัติศาสตร์ แผนการเดินทาง คู่มือการใช้ ดอกเบี้ยรวม ผลการทดลอง รายการอาหาร'.split(
      ' ',
    ),
    tails: 'ขอบคุณ เร็วหน่อย ไม่ต้องอธิบาย ตอบสั้นๆ อย่างละเอียด'.split(' '),
    between: '',
  },
  russian: {
    intents: [
      ['вычисли', 'посчитай', 'найди сумму'],
      ['переведи на английский', 'переведи текст', 'сделай перевод'],
      ['напиши стихотворение', 'сочини рассказ', 'напиши сочинение'],
      ['кратко изложи', 'подведи итог', 'резюмируй'],
    ],
    things: [
      'годовой отчёт',
      'цены на фрукты',
      'это письмо',
      'древняя история',
      'план поездки',
      'инструкция',
      'результаты опыта',
    ],
    tails: ['спасибо', 'побыстрее', 'без объяснений', 'коротко', 'с примерами'],
    between: ', ',
  },
};

/** Distinct requests, from a small congruential generator. */
function requestsOf({ intents, things, tails, between }) {
  let state = 7;
  const next = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const pick = (list) => list[next(list.length)];
  const found = new Map();
  while (found.size < REQUESTS) {
    const intent = next(intents.length);
    const [verb, thing, tail] = [pick(intents[intent]), pick(things), pick(tails)];
    const parts = next(2) === 0 ? [verb, thing, tail] : [thing, verb, tail];
    found.set(parts.join(between), intent);
  }
  return { texts: [...found.keys()], intents: [...found.values()] };
}

function leaveOneOut({ rows, cols, data }, intents) {
  const cosine = (i, j) => {
    let sum = 0;
    for (let d = 0; d < cols; d++) sum += data[i * cols + d] * data[j * cols + d];
    return sum;
  };
  let right = 0;
  for (let i = 0; i < rows; i++) {
    const nearest = intents
      .map((intent, j) => ({ intent, weight: j === i ? -Infinity : cosine(i, j) }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, NEIGHBOURS);
    const votes = new Map();
    for (const { intent, weight } of nearest) votes.set(intent, (votes.get(intent) ?? 0) + weight);
    const [[winner]] = [...votes].sort((a, b) => b[1] - a[1]);
    if (winner === intents[i]) right++;
  }
  return right / rows;
}

const accuracy = {};
for (const [script, kind] of Object.entries(SCRIPTS)) {
  const { texts, intents } = requestsOf(kind);
  accuracy[script] = { intents: kind.intents.length };
  for (const reference of ['use-lite', ...WIDTHS.map((width) => `use-lite-hash:hashed=${width}`)]) {
    const encoder = await createEncoder(reference);
    accuracy[script][reference] = Math.round(1000 * leaveOneOut(await encoder.encode(texts), intents)) / 1000;
    await encoder.dispose?.();
  }
}
console.log(JSON.stringify({ bench: 'unseen', requests: REQUESTS, neighbours: NEIGHBOURS, accuracy }, null, 2));
