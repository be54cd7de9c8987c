import re,sys
sys.path.insert(0,"/work/main/tests")
import cast as C
from fastapi.testclient import TestClient
def field(html,name):
    m=re.search(rf'name="{name}" value="([^"]*)"',html); return m and m[1]
def sign_in(house,name,**kw):
    c=TestClient(house.app,base_url="http://127.0.0.1",client=("127.0.0.1",5),raise_server_exceptions=False,follow_redirects=True)
    r=c.get("/sign-in"); assert r.status_code==200,r.text
    r=c.post("/sign-in",data={"csrfToken":field(r.text,"csrfToken"),"username":name.lower(),"password":C.PASSWORD})
    assert r.status_code==200,r.text
    code=re.search(r'class="reference">(\d{6})<',r.text)[1]
    r=c.post("/sign-in/code",data={"csrfToken":field(r.text,"csrfToken"),"code":code})
    assert r.status_code==200,r.text
    return c,r
def test_try(house):
    c,r=sign_in(house,"participant")
    __import__("pathlib").Path("/tmp/home.html").write_text(r.text)
    for p in ["/","/registrations","/registrations/new","/mandate","/undertaking","/nowhere","/members","/registrations/x"]:
        r=c.get(p); print(p,r.status_code,r.url, dict(r.headers) if p=="/" else "")
    r=c.get("/registrations/new")
    r=c.post("/registrations/new",data={"csrfToken":field(r.text,"csrfToken"),"subjectName":"X Verzonnen"})
    print(r.status_code); __import__("pathlib").Path("/tmp/err.html").write_text(r.text)
    t=field(r.text,"csrfToken")
    data={"csrfToken":t,"subjectName":"X Verzonnen","narrative":"Iets","phenomenon":"rightWingExtremism","urgency":"normal","municipalityId":str(house.cast.towns["C"])}
    r=c.post("/registrations/new",data=data); print(r.status_code, re.findall("R56[^<]*",r.text))
    r=c.post("/registrations/new",data=data|{"nothingClassified":"true"}); print(r.status_code, r.url)
    m,_=sign_in(house,"mayor")
    r=m.get("/"); rid=re.search(r'/registrations/([0-9a-f-]{36})',r.text)[1]
    r=m.get(f"/registrations/{rid}"); print(r.status_code)
    r=m.get(f"/registrations/{rid}/decide"); print(r.status_code)
    r=m.get(f"/registrations/{rid}/screen"); print(r.status_code)
    r=m.post(f"/registrations/{rid}/screen",data={"csrfToken":field(r.text,"csrfToken"),"etag":field(r.text,"etag").replace("&#34;",'"')}); print(r.status_code,r.url)
    r=m.get(f"/registrations/{rid}/decide"); print(r.status_code)
    r=m.post(f"/registrations/{rid}/decide",data={"csrfToken":field(r.text,"csrfToken"),"etag":'"9"',"outcome":"listed","indications":"x"}); print(r.status_code,r.url)
    r=m.post(f"/registrations/{rid}/decide",data={"csrfToken":field(r.text,"csrfToken"),"etag":field(r.text,"etag").replace("&#34;",'"'),"outcome":"listed","indications":"x"}); print(r.status_code,r.url)
    __import__("pathlib").Path("/tmp/reg.html").write_text(r.text)
