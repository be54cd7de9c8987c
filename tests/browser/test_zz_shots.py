import os, sys, pathlib, re
import pytest
sys.path.insert(0, str(pathlib.Path(__file__).parents[1]/"http"))
import cast as C
pytestmark=pytest.mark.browser
from test_page_journey import bring_and_list, _id, _ok
from pagecraft import reader
OUT=pathlib.Path("/tmp/shots"); OUT.mkdir(exist_ok=True)
LANG=os.environ.get("SHOT_LANG","nl")
def login(ctx, live, name):
    p=ctx.new_page(); p.goto(live+"/sign-in"); 
    p.fill("#f-username",name.lower()); p.fill("#f-password",C.PASSWORD); p.click("main button[type=submit]")
    p.fill("#f-code",p.inner_text("strong.reference")); p.click("main button[type=submit]")
    if LANG!="nl": p.goto(live+f"/language/{LANG}")
    return p
def shot(p, path, live, name):
    p.goto(live+path)
    for w,h,t in ((1280,900,"d"),(390,844,"p")):
        p.set_viewport_size({"width":w,"height":h}); p.screenshot(path=str(OUT/f"{name}-{t}.png"), full_page=True)
def test_shots(house, live, chromium):
    participant, mayor, case = bring_and_list(house)
    participant.send("/registrations/new",subjectName="Iemand Verzonnen",narrative="Haatberichten op school. Verzonnen.",phenomenon="rightWingExtremism",urgency="normal",municipalityId=str(house.cast.towns["C"]),nothingClassified="true")
    reg=_id(mayor.get("/"),"registrations")
    mayor.send(f"/registrations/{reg}/screen",note="x")
    c=reader(house,"coordinator")
    meeting=_id(_ok(c.send("/meetings/new",startsAt="2026-03-02T14:00",endsAt="2026-03-02T16:00",place="Stadhuis, zaal 2",chairId=str(house.cast.persons["mayor"]),secretaryId=str(house.cast.persons["secretary"]))),"meetings")
    item=_id(_ok(c.send(f"/meetings/{meeting}/items/new",caseId=case,question="Wat is er nodig?")),"agenda-items")
    for n in ("participant","policeMember"): _ok(c.send(f"/agenda-items/{item}/invite",personId=str(house.cast.persons[n])))
    mayor.send(f"/meetings/{meeting}","/convene")
    ctx=chromium.new_context(base_url=live, reduced_motion="reduce")
    p=ctx.new_page(); shot(p,"/sign-in",live,"sign-in")
    p.fill("#f-username","mayor"); p.fill("#f-password","nope"); p.click("main button[type=submit]"); p.screenshot(path=str(OUT/"sign-in-wrong.png"))
    p.fill("#f-username","mayor"); p.fill("#f-password",C.PASSWORD); p.click("main button[type=submit]"); p.screenshot(path=str(OUT/"code.png"))
    ctx.close()
    def go(name, pages):
        ctx=chromium.new_context(base_url=live, reduced_motion="reduce"); p=login(ctx,live,name)
        for path,n in pages: shot(p,path,live,f"{name}-{n}")
        ctx.close()
    go("participant",[("/","home"),(f"/meetings/{meeting}","agenda"),("/invitations","invitations"),("/registrations/new","signal"),("/registrations","registrations"),("/nowhere","404"),(f"/agenda-items/{item}","item"),("/undertaking","undertaking")])
    house.later(hours=4.2)
    c=reader(house,"coordinator"); c.send(f"/meetings/{meeting}","/open")
    for n in ("participant","mayor"): _ok(c.send(f"/agenda-items/{item}/attendance","/attendance",personId=str(house.cast.persons[n])))
    pp=reader(house,"participant")
    _ok(pp.send(f"/agenda-items/{item}/statements/new",category="13",origin="livcParticipant",kind="fact",text="Drie weken afwezig.",relevantAndProportionate="true",nothingClassified="true"))
    _ok(pp.send(f"/agenda-items/{item}/statements/new",category="9",origin="livcParticipant",kind="assessment",text="Gezondheid.",relevantAndProportionate="true",nothingClassified="true"))
    _ok(c.send(f"/meetings/{meeting}/minutes/{item}",assessment="Zorg, geen dreiging.",decisions="Opvolgen."))
    go("coordinator",[("/","home"),(f"/meetings/{meeting}","meeting"),(f"/agenda-items/{item}","item"),(f"/agenda-items/{item}/statements/new","statement"),(f"/meetings/{meeting}/minutes","minutes"),("/cases","cases"),(f"/cases/{case}","reason"),(f"/cases/{case}?reason=meetingPreparation","case"),("/meetings/new","plan"),("/retention","retention"),("/members","members"),("/agreement","agreement")])
    go("mayor",[("/","home"),(f"/registrations/{reg}","registration"),(f"/registrations/{reg}/decide","decide")])
    go("auditor",[("/","home"),("/journal","journal"),("/checkpoints","checkpoints")])
