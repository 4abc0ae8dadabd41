import { chromium } from '@playwright/test';
const url='http://127.0.0.1:18199';
const email=process.env.WHO||'agent@example.com', password=process.env.PW;
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
const ctx=await b.newContext({viewport:{width:1440,height:900},timezoneId:'Asia/Seoul'});
const page=await ctx.newPage();
page.on('console',m=>m.type()==='error'&&console.log('CONSOLE',m.text()));
page.on('pageerror',e=>console.log('ERR',e));
const lang=process.env.L||'ko', theme=process.env.T||'light';
await page.addInitScript(p=>{ if(!localStorage.getItem('maru.prefs')) localStorage.setItem('maru.prefs',JSON.stringify(p)); },{lang,theme});
const r=await ctx.request.post(url+'/api/v1/session',{data:{email,password},headers:{Origin:url}});
console.log(r.status());
const shot=async n=>{await page.screenshot({path:`/tmp/shots/${n}.png`});console.log('shot',n)};
const steps=(await import(process.argv[2])).default;
try{await steps({page,shot,url});}catch(e){console.log('FAILED',e.message.slice(0,1500)); await shot('failed');}
await b.close();
